/**
 * Dawn's WebGPU: every kernel under its compiler, and the same results through it.
 *
 * A task of its own (`deno task test:dawn`), since the package it fetches is larger than all others together.
 */
import assert from "node:assert/strict";
import { type Rng, rngStream } from "../../src/base/mod.ts";
import { DAWN_PACKAGE, sourceFor } from "../../src/gpu/backend.ts";
import { type Gpu, openGpu, type Tensor } from "../../src/gpu/mod.ts";
import { VARIANTS } from "../../src/ops/matmul_variants.ts";
import { Sampler } from "../../src/sample/mod.ts";
import { matmulReference } from "../reference/matmul.ts";
import { gpuTest } from "../support/device.ts";
import { halve } from "../support/halves.ts";
import { normals } from "../support/inputs.ts";
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
    const requiredFeatures = ["subgroups" as const, "shader-f16" as const, MATRICES];
    const requiredLimits = {
      maxComputeInvocationsPerWorkgroup: 512,
      maxComputeWorkgroupSizeX: 512,
    };
    const device = await adapter!.requestDevice({ requiredFeatures, requiredLimits });
    return { device, entry };
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
        for (const side of path.includes("half") ? [{ SIDE: 1 }, { SIDE: 2 }] : [{}]) {
          const constants = { WG: 128, ...side }; // the largest subgroup that this device claims
          const compute = { module, entryPoint, constants };
          await device.createComputePipelineAsync({ layout: "auto", compute });
        }
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

for (
  const [name, dtype, shape] of [
    ["subgroup_matrix", "f32", { rows: 44, cols: 72, inner: 24 }],
    ["subgroup_matrix_half64", "f16", { rows: 72, cols: 136, inner: 48 }],
    ["subgroup_matrix_half128", "f16", { rows: 72, cols: 136, inner: 48 }],
  ] as const
) {
  gpuTest(`the matmul variant ${name} agrees with float64 where it runs`, async () => {
    using dawn = await openDawn();
    if (!dawn) return;
    const { rows, cols, inner } = shape;
    const variant = VARIANTS.find((variant) => variant.name === name)!;
    const rng = rngStream(1, "tensor cores");
    for (const transposes of [[false, true], [false, false], [true, false]] as const) {
      const [transposeA, transposeB] = transposes;
      const form = { rows, cols, inner, transposeA, transposeB };
      const left = await stored(dawn, transposeA ? [inner, rows] : [rows, inner], { dtype, rng });
      const right = await stored(dawn, transposeB ? [cols, inner] : [inner, cols], { dtype, rng });
      const y = dawn.from("y", [rows, cols], new Float32Array(rows * cols).fill(1));
      const product = { ...form, a: left.tensor, b: right.tensor, y, scale: 1, accumulate: true };
      if (!variant.accepts(product, dawn.adapter)) {
        return skip(`TENSOR CORES: ${dawn.adapter.name} has none for ${name}`);
      }
      const pass = dawn.pass("tensor cores");
      variant.encode(pass, product);
      pass.submit();
      const values = await dawn.read(y);
      matmulReference(left.values, right.values, form).forEach((value, i) => {
        assert.ok(Math.abs(values[i]! - value - 1) < 1e-5, `${transposes} ${i}: ${values[i]}`);
      });
    }
  });
}

/** A random matrix in a format, and the numbers that it holds. */
async function stored(
  gpu: Gpu,
  shape: readonly [number, number],
  { dtype, rng }: { dtype: "f32" | "f16"; rng: Rng },
): Promise<{ tensor: Tensor; values: Float32Array }> {
  const values = normals(rng, shape[0] * shape[1]);
  if (dtype === "f32") return { tensor: gpu.from("factor", shape, values), values };
  const { half, rounded } = await halve(gpu, shape, values);
  return { tensor: half, values: rounded };
}

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
