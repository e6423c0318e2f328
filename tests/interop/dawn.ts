/**
 * Dawn's WebGPU: every kernel under its compiler, and the same results through it.
 *
 * A task of its own (`deno task test:dawn`), since the package it fetches is larger than all others together.
 */
import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { DAWN_PACKAGE, sourceFor } from "../../src/gpu/backend.ts";
import { type Gpu, openGpu } from "../../src/gpu/mod.ts";
import { VARIANTS } from "../../src/ops/matmul_variants.ts";
import { Sampler } from "../../src/sample/mod.ts";
import { matmulReference } from "../reference/matmul.ts";
import { gpuTest } from "../support/device.ts";
import { sourceFiles } from "../support/source.ts";
import { tinyModel } from "../support/tiny_model.ts";

const MATRICES = "chromium-experimental-subgroup-matrix" as GPUFeatureName;

/** Opens Dawn, or says loudly that it cannot be had here. */
async function openDawn(): Promise<Gpu | undefined> {
  return await openGpu({ backend: "dawn" }).catch((error) => skip(`DAWN TESTS: ${error.message}`));
}

function skip(what: string): undefined {
  // deno-lint-ignore no-console -- what is not tested must be seen
  console.warn(`SKIPPED ${what}`);
  return undefined;
}

/** Dawn's backend that compiles everything and runs nothing. */
async function openNullDevice(): Promise<{ device: GPUDevice; entry: GPU } | undefined> {
  try {
    const { create } = await import(DAWN_PACKAGE) as { create(options: readonly string[]): GPU };
    const entry = create(["backend=null", "enable-dawn-features=allow_unsafe_apis"]);
    const adapter = await entry.requestAdapter();
    const requiredFeatures = ["subgroups" as const, MATRICES];
    return { device: await adapter!.requestDevice({ requiredFeatures }), entry };
  } catch (error) {
    return skip(`DAWN'S COMPILER: ${error instanceof Error ? error.message : error}`);
  }
}

Deno.test({
  name: "every kernel compiles with Dawn's compiler, that for tensor cores into pipelines",
  sanitizeResources: false,
  sanitizeOps: false,
  fn: async () => {
    const opened = await openNullDevice();
    if (!opened) return;
    const { device, entry } = opened;
    for (const { path, text } of await sourceFiles(["kernels"], ".wgsl")) {
      device.pushErrorScope("validation");
      const module = device.createShaderModule({ code: sourceFor("dawn", text) });
      assert.equal((await device.popErrorScope())?.message, undefined, path);
      if (!path.includes("subgroup_matrix")) continue;
      for (const entryPoint of ["forward_nt", "forward_nn", "forward_tn"]) {
        const constants = { WG: 128 }; // the largest subgroup that this device claims
        const compute = { module, entryPoint, constants };
        await device.createComputePipelineAsync({ layout: "auto", compute });
      }
    }
    device.destroy();
    assert.ok(entry, "kept to the end: with it goes the device");
  },
});

gpuTest("sample() draws the same tokens through Dawn", async (gpu) => {
  using dawn = await openDawn();
  if (!dawn) return;
  const prompt = [3, 1, 4, 1, 5, 9, 2, 6];
  const drawn = await Promise.all([gpu, dawn].map(async (one) => {
    using model = tinyModel(one);
    using sampler = new Sampler(model, { lanes: 4, promptRows: 32, maxTokens: 20, stop: [0] });
    const settings = { maxTokens: 20, temperature: 0.7, topP: 1, topK: 0 };
    const [completions] = await sampler.sample([{ prompt, count: 4, seed: 1 }], settings);
    return completions!.map(({ tokens }) => tokens);
  }));
  assert.deepEqual(drawn[1], drawn[0]);
});

gpuTest("the matmul variant for tensor cores agrees with float64 where it runs", async () => {
  using dawn = await openDawn();
  if (!dawn) return;
  const variant = VARIANTS.find(({ name }) => name === "subgroup_matrix")!;
  const rng = rngStream(1, "tensor cores");
  const random = (count: number) => Float32Array.from({ length: count }, () => rng.normal());
  for (const transposes of [[false, true], [false, false], [true, false]] as const) {
    const [transposeA, transposeB] = transposes;
    const shape = { rows: 45, cols: 72, inner: 24, transposeA, transposeB };
    const { rows, cols, inner } = shape;
    const [left, right] = [random(rows * inner), random(cols * inner)];
    const a = dawn.from("a", transposeA ? [inner, rows] : [rows, inner], left);
    const b = dawn.from("b", transposeB ? [cols, inner] : [inner, cols], right);
    const y = dawn.from("y", [rows, cols], new Float32Array(rows * cols).fill(1));
    const product = { ...shape, a, b, y, scale: 1, accumulate: true };
    if (!variant.accepts(product, dawn.adapter)) {
      return skip(`TENSOR CORES: ${dawn.adapter.name} has none for F32`);
    }
    const pass = dawn.pass("tensor cores");
    variant.encode(pass, product);
    pass.submit();
    const values = await dawn.read(y);
    matmulReference(left, right, shape).forEach((value, i) => {
      assert.ok(Math.abs(values[i]! - value - 1) < 1e-5, `${transposes} ${i}: ${values[i]}`);
    });
  }
});

Deno.test("openGpu() says in one line what Dawn lacks", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--no-lock", "--no-prompt", "--allow-read=.", "workflows/score.ts"]
      .concat("--text", "let x = 1", "--gpu.backend", "dawn"),
  }).output();
  const text = new TextDecoder().decode(stderr);
  assert.equal(code, 2);
  assert.match(
    text,
    /^Cannot load gpu\.backend dawn: expected the npm package webgpu and --allow-ffi, found: .+\n$/m,
  );
});
