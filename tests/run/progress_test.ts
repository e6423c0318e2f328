import assert from "node:assert/strict";
import { describeProgress } from "../../src/run/mod.ts";

Deno.test("describeProgress() shows step, phase, time left, speed and rewards", () => {
  const state = {
    step: 3,
    phase: "repairing",
    tokensPerSecond: 1234.5,
    rewards: { generator: -0.2, fixer: 0.314 },
  };
  assert.equal(
    describeProgress(state, 40, 185.2),
    "step 3/40 · repairing · 3m05s left · 1235 tokens/s · reward generator -0.20, fixer 0.31",
  );
});

Deno.test("describeProgress() leaves out what is not known yet", () => {
  assert.equal(describeProgress({ step: 0, phase: "loading" }, 40, NaN), "step 0/40 · loading");
  assert.match(describeProgress({ step: 1, phase: "x" }, 2, 7620), / · 2h07m left$/);
  assert.match(describeProgress({ step: 1, phase: "x" }, 2, 59.4), / · 59s left$/);
});

Deno.test("Progress writes a line a step where stderr is no terminal", async () => {
  const code = `
    import { Progress } from "${new URL("../../src/run/mod.ts", import.meta.url).href}";
    using progress = new Progress(2);
    for (const step of [0, 1]) {
      progress.update({ step, phase: "breaking" });
      progress.update({ step, fraction: 0.5, phase: "repairing" });
    }
    progress.note("done");`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      "--ext=ts",
      `--config=${import.meta.dirname}/../../deno.json`,
      code,
    ],
  }).output();
  assert.equal(new TextDecoder().decode(stdout), "");
  assert.match(
    new TextDecoder().decode(stderr),
    /^step 0\/2 · breaking\nstep 1\/2 · breaking · \d+s left\ndone\n$/,
  );
});
