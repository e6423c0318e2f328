/** The tuner: the fastest candidate is found once, kept, and used. */
import assert from "node:assert/strict";
import {
  autotune,
  type Candidate,
  type ChoiceStore,
  defineKernel,
  fastest,
  type Gpu,
  openGpu,
  type Problem,
} from "../../src/gpu/mod.ts";
import { matmul } from "../../src/ops/matmul.ts";
import { linearProblems, matmulProblem } from "../../src/ops/matmul_tuning.ts";
import { gpuTest } from "../support/device.ts";

const kernel = defineKernel(
  "spin",
  `struct Params {
  turns: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(8)
fn forward(@builtin(global_invocation_id) id: vec3<u32>) {
  for (var i = 0u; i < params.turns; i++) { y[id.x] = y[id.x] * 0.5 + 1.0; }
}
`,
);

/** A choice between doing 64 turns and doing 20,000; `opened` counts how often it was measured. */
function spinProblem(gpu: Gpu, key: string): Problem & { opened: number } {
  const problem = {
    key,
    sources: [kernel.source],
    opened: 0,
    open: () => {
      problem.opened++;
      const y = gpu.tensor("y", [512]);
      const candidate = (name: string, turns: number): Candidate => ({
        name,
        encode: (pass) =>
          pass.dispatch(kernel, {
            entryPoint: "forward",
            params: { turns },
            bind: { y },
            workgroups: 64,
          }),
      });
      const candidates = [candidate("slow", 20_000), candidate("fast", 64)];
      return { candidates, [Symbol.dispose]: () => gpu.release(y) };
    },
  };
  return problem;
}

function memoryStore(files: Map<string, unknown> = new Map()): ChoiceStore {
  return {
    read: (name) => Promise.resolve(files.get(name)),
    write: (name, choices) => {
      files.set(name, structuredClone(choices));
      return Promise.resolve();
    },
  };
}

gpuTest("fastest() names the candidate that takes least time", async (gpu) => {
  const before = gpu.allocatedBytes;
  assert.equal(await fastest(gpu, spinProblem(gpu, "fastest")), "fast");
  assert.equal(gpu.allocatedBytes, before);
});

gpuTest(
  "autotune() measures a problem once and reads it from the store afterwards",
  async (gpu) => {
    const problem = spinProblem(gpu, "stored");
    const files = new Map<string, unknown>();
    await autotune(gpu, [problem, problem], memoryStore(files));
    assert.deepEqual([...files.values()], [{ stored: "fast" }]);
    assert.match([...files.keys()][0]!, /^tuning-[0-9a-f]{16}$/);
    assert.equal(gpu.choices.get("stored"), "fast");
    gpu.choices.clear();
    await autotune(gpu, [problem], memoryStore(files));
    assert.equal(gpu.choices.get("stored"), "fast");
    assert.equal(problem.opened, 1);
    gpu.choices.clear();
  },
);

gpuTest("autotune() forgets choices when a kernel's source changes", async (gpu) => {
  const files = new Map<string, unknown>();
  const problem = spinProblem(gpu, "changed");
  await autotune(gpu, [problem], memoryStore(files));
  gpu.choices.clear();
  await autotune(gpu, [{ ...problem, sources: ["another"] }], memoryStore(files));
  assert.equal(files.size, 2);
  assert.equal(problem.opened, 2);
  gpu.choices.clear();
});

gpuTest("matmul() uses the variant that was chosen for its class of shapes", async () => {
  using gpu = await openGpu({ profile: true });
  const shape = { rows: 30, cols: 32, inner: 16, transposeA: false, transposeB: false };
  const a = gpu.tensor("a", [30, 16]);
  const b = gpu.tensor("b", [16, 32]);
  const y = gpu.tensor("y", [30, 32]);
  for (const name of ["naive", "register"]) {
    gpu.choices.set(matmulProblem(gpu, { ...shape, rows: 25 }).key, name); // same class as 30 rows
    const pass = gpu.pass("chosen");
    matmul(pass, { a, b, y });
    pass.submit();
    const { kernels } = await gpu.timer!.read();
    assert.equal(kernels[0]!.name.split("/")[0], `matmul_${name}`);
  }
});

gpuTest("linearProblems() offers every variant for the three products of a layer", (gpu) => {
  const problems = linearProblems(gpu, { rows: 64, inputs: 16, outputs: 32 });
  assert.deepEqual(
    problems.map(({ key }) => key),
    ["matmul/nt/f32*f32/6/5/4", "matmul/nn/f32*f32/6/4/5", "matmul/tn/f32*f32/5/4/6"],
  );
  for (const problem of problems) {
    using trial = problem.open();
    const names = trial.candidates.map(({ name }) => name);
    assert.ok(names.includes("naive") && names.includes("workgroup64"), names.join());
  }
});

gpuTest("linearProblems() of halves offers the variants that read them", (gpu) => {
  const layer = { rows: 64, inputs: 16, outputs: 32, x: "f16", weight: "f16" } as const;
  for (const inHalf of [false, true]) {
    const problems = linearProblems(gpu, layer, { inHalf });
    assert.deepEqual(
      problems.map(({ key }) => key),
      ["matmul/nt/f16*f16/6/5/4", "matmul/nn/f32*f16/6/4/5", "matmul/tn/f32*f16/5/4/6"],
    );
    problems.forEach((problem, i) => {
      using trial = problem.open();
      const names = trial.candidates.map(({ name }) => name);
      assert.ok(names.includes("workgroup64") && !names.includes("naive"), names.join());
      // Where it is asked for, and not for gradients: they are f32, and no f32 factor is rounded to halves.
      const expected = inHalf && i === 0 && gpu.adapter.halfArithmetic;
      assert.equal(names.includes("workgroup_half64"), expected, names.join());
    });
  }
  const [plain, inHalf] = [false, true].map((inHalf) => linearProblems(gpu, layer, { inHalf })[0]!);
  assert.notDeepEqual(plain!.sources, inHalf!.sources); // so their choices are kept apart
});
