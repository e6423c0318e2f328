import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { likelihoodLoss, policyLoss } from "../../src/ops/policy_loss.ts";
import * as reference from "../reference/policy_loss.ts";
import { assertClose, assertGradient } from "../support/compare.ts";
import { gpuTest } from "../support/device.ts";
import { normals } from "../support/inputs.ts";

const CONSTANTS = { low: Math.fround(0.2), high: Math.fround(0.28), dual: 3, kl: Math.fround(0.1) };

/** Rows on both sides of every bound. */
function policyRows(count: number): reference.PolicyRow[] {
  const rng = rngStream(16, "policy_loss", count);
  const draw = () => normals(rng, 5) as unknown as [number, number, number, number, number];
  return Array.from({ length: count }, () => {
    const [logp, shift, away, advantage, weight] = draw();
    return {
      logp,
      old: Math.fround(logp - 0.7 * shift),
      reference: Math.fround(logp + away),
      advantage,
      weight,
    };
  });
}

Deno.test("policyLoss() of the reference has the derivative it states, on every branch", () => {
  const rows = policyRows(60);
  const clipped = rows.filter((row) => reference.policyLoss(row, CONSTANTS).clipped);
  const dual = rows.filter(({ logp, old, advantage }) => advantage < 0 && Math.exp(logp - old) > 3);
  assert.ok(clipped.length > 5 && dual.length > 0 && clipped.length < 50);
  for (const row of rows) {
    const logp = Float64Array.of(row.logp);
    const loss = () => reference.policyLoss({ ...row, logp: logp[0]! }, CONSTANTS).loss;
    assertGradient("g", loss, logp, [reference.policyLoss(row, CONSTANTS).g]);
  }
});

for (const count of [1, 37, 65, 1000]) {
  gpuTest(`policyLoss() agrees with its reference on ${count} rows`, async (gpu) => {
    const rows = policyRows(count);
    const column = (name: keyof reference.PolicyRow) =>
      gpu.from(name, [count], Float32Array.from(rows, (row) => row[name]));
    const input = {
      logp: column("logp"),
      old: column("old"),
      reference: column("reference"),
      advantage: column("advantage"),
      weight: column("weight"),
    };
    const out = { g: gpu.tensor("g", [count]), terms: gpu.tensor("terms", [count, 4]) };
    const pass = gpu.pass("policy_loss");
    policyLoss(pass, input, out, CONSTANTS);
    pass.submit();
    const [g, terms] = await gpu.readAll([out.g, out.terms]);
    const expected = rows.map((row) => reference.policyLoss(row, CONSTANTS));
    const flat = expected.flatMap((row) => [row.loss, row.ratio, row.clipped, row.penalty]);
    const scale = Math.max(...flat.map(Math.abs));
    // exp(a) may be off by 3 + 2 |a| units in the last place (WGSL, "Accuracy of expressions"), and |a| reaches 3.
    assertClose(g!, expected.map((row) => row.g), { what: "g", terms: 1, scale, slack: 3 });
    assertClose(terms!, flat, { what: "terms", terms: 1, scale, slack: 3 });
    gpu.release(...Object.values(input), out.g, out.terms);
  });
}

gpuTest("likelihoodLoss() is -weight * logp with gradient -weight", async (gpu) => {
  const input = {
    logp: gpu.from("logp", [2], Float32Array.of(-1.5, -0.25)),
    weight: gpu.from("weight", [2], Float32Array.of(0.5, 2)),
  };
  const out = { g: gpu.tensor("g", [2]), terms: gpu.tensor("terms", [2, 4]) };
  const pass = gpu.pass("likelihood");
  likelihoodLoss(pass, input, out);
  pass.submit();
  const [g, terms] = await gpu.readAll([out.g, out.terms]);
  assert.deepEqual([...g!], [-0.5, -2]);
  assert.deepEqual([...terms!], [0.75, 1, 0, 0, 0.5, 1, 0, 0]);
});

gpuTest("policyLoss() needs a reference for its penalty", (gpu) => {
  const t = gpu.tensor("t", [1]);
  const input = { logp: t, old: t, advantage: t, weight: t };
  const out = { g: t, terms: gpu.tensor("terms", [1, 4]) };
  assert.throws(
    () => policyLoss(gpu.pass("wrong"), input, out, CONSTANTS),
    /kl is 0\.1\d*, expected a reference/,
  );
});
