import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { ShapeError } from "../../src/base/mod.ts";
import type { Gpu } from "../../src/gpu/mod.ts";
import { rmsnormBackward, rmsnormForward } from "../../src/ops/rmsnorm.ts";
import * as reference from "../reference/rmsnorm.ts";
import { assertClose, assertGradient, innerProduct } from "../support/compare.ts";
import { gpuTest } from "../support/device.ts";
import { float64, normals } from "../support/inputs.ts";

const EPS = Math.fround(1e-6);

/** Forward once and backward `times`; dgain starts at zero. */
async function run(
  gpu: Gpu,
  shape: [number, number],
  options: { workgroup?: number | undefined; times?: number },
) {
  const [rows, cols] = shape;
  const rng = rngStream(1, "rmsnorm", rows, cols);
  const input = {
    x: normals(rng, rows * cols),
    gain: normals(rng, cols),
    dy: normals(rng, rows * cols),
  };
  const x = gpu.from("x", shape, input.x);
  const gain = gpu.from("gain", [cols], input.gain);
  const dy = gpu.from("dy", shape, input.dy);
  const [y, dx] = [gpu.tensor("y", shape), gpu.tensor("dx", shape)];
  const [r, dgain] = [gpu.tensor("r", [rows]), gpu.tensor("dgain", [cols])];
  const { times = 1 } = options;
  const chosen = options.workgroup === undefined ? {} : { workgroup: options.workgroup };
  const pass = gpu.pass("rmsnorm");
  rmsnormForward(pass, { x, gain, r }, y, { eps: EPS, ...chosen });
  for (let i = 0; i < times; i++) {
    rmsnormBackward(pass, { x, gain, r }, { dy, dx, dgain }, chosen);
  }
  pass.submit();
  const read = await gpu.readAll([y, r, dx, dgain]);
  gpu.release(x, gain, dy, y, dx, r, dgain);
  return { input, y: read[0]!, r: read[1]!, dx: read[2]!, dgain: read[3]! };
}

Deno.test("rmsnormBackward() of the reference is the derivative of its forward", () => {
  const rng = rngStream(2, "rmsnorm");
  const [x, gain, dy] = [15, 5, 15].map((n) => float64(normals(rng, n))) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const { r } = reference.rmsnormForward(x, gain, EPS);
  const { dx, dgain } = reference.rmsnormBackward(x, gain, r, dy);
  const loss = () => innerProduct(reference.rmsnormForward(x, gain, EPS).y, dy);
  assertGradient("dx", loss, x, dx);
  assertGradient("dgain", loss, gain, dgain);
});

for (const shape of [[1, 1], [5, 37], [65, 9], [301, 128]] as [number, number][]) {
  for (const workgroup of [undefined, 32, 256]) {
    gpuTest(
      `rmsnorm agrees with its reference at [${shape}], workgroup ${workgroup ?? "by default"}`,
      async (gpu) => {
        const { input, y, r, dx, dgain } = await run(gpu, shape, { workgroup });
        const [rows, cols] = shape;
        const [x, gain, dy] = [float64(input.x), float64(input.gain), float64(input.dy)];
        const forward = reference.rmsnormForward(x, gain, EPS);
        const backward = reference.rmsnormBackward(x, gain, forward.r, dy);
        assertClose(y, forward.y, { what: "y", terms: cols });
        assertClose(r, forward.r, { what: "r", terms: cols });
        // A row of one is always normalised to +-1: dx is what remains of two terms, each rounded twice.
        const one = { terms: 4, scale: Math.abs(forward.r[0]! * gain[0]! * dy[0]!) };
        assertClose(dx, backward.dx, { what: "dx", ...(cols === 1 ? one : { terms: cols }) });
        assertClose(dgain, backward.dgain, { what: "dgain", terms: rows });
      },
    );
  }
}

gpuTest("rmsnorm covers a grid that is split over two dimensions", async (gpu) => {
  const { input, y, dx } = await run(gpu, [65_540, 4], {});
  const [x, gain, dy] = [float64(input.x), float64(input.gain), float64(input.dy)];
  const forward = reference.rmsnormForward(x, gain, EPS);
  assertClose(y, forward.y, { what: "y", terms: 4 });
  const backward = reference.rmsnormBackward(x, gain, forward.r, dy);
  assertClose(dx, backward.dx, { what: "dx", terms: 4 });
});

gpuTest("rmsnormBackward() accumulates dgain over calls and overwrites dx", async (gpu) => {
  const once = await run(gpu, [5, 37], {});
  const twice = await run(gpu, [5, 37], { times: 2 });
  assert.deepEqual(twice.dx, once.dx);
  assert.deepEqual(twice.dgain, once.dgain.map((value) => 2 * value));
});

gpuTest("rmsnormForward() names the tensor whose shape is wrong", (gpu) => {
  const [x, y, gain, r] = [[2, 8], [2, 9], [8], [2]].map((shape) => gpu.tensor("t", shape));
  const pass = gpu.pass("wrong");
  assert.throws(
    () => rmsnormForward(pass, { x: x!, gain: gain!, r: r! }, y!),
    (error) =>
      error instanceof ShapeError && /rmsnorm y: expected shape \[2,8\]/.test(error.message),
  );
  gpu.release(x!, y!, gain!, r!);
});
