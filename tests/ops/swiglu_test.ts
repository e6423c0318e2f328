import { rngStream } from "../../src/base/mod.ts";
import { swigluBackward, swigluForward } from "../../src/ops/swiglu.ts";
import * as reference from "../reference/swiglu.ts";
import { assertClose, assertGradient, innerProduct } from "../support/compare.ts";
import { gpuTest } from "../support/device.ts";
import { float64, normals } from "../support/inputs.ts";

Deno.test("swigluBackward() of the reference is the derivative of its forward", () => {
  const rng = rngStream(10, "swiglu");
  const [x, dy] = [float64(normals(rng, 18)), float64(normals(rng, 9))];
  const loss = () => innerProduct(reference.swigluForward(x, 3), dy);
  assertGradient("dx", loss, x, reference.swigluBackward(x, dy, 3));
});

for (const [rows, cols] of [[1, 1], [5, 37], [65, 33], [200, 384]] as const) {
  gpuTest(`swiglu agrees with its reference at [${rows},${cols}]`, async (gpu) => {
    const rng = rngStream(11, "swiglu", rows);
    const [input, doutput] = [normals(rng, 2 * rows * cols, 3), normals(rng, rows * cols)];
    input[0] = -120; // far where the gate is shut: exp(120) is not a number f32 has
    const x = gpu.from("x", [rows, 2 * cols], input);
    const dy = gpu.from("dy", [rows, cols], doutput);
    const [y, dx] = [gpu.tensor("y", [rows, cols]), gpu.tensor("dx", [rows, 2 * cols])];
    const pass = gpu.pass("swiglu");
    swigluForward(pass, { x }, y);
    for (let i = 0; i < 2; i++) swigluBackward(pass, { x }, { dy, dx });
    pass.submit();
    const [actual, dactual] = await gpu.readAll([y, dx]);
    const expected = reference.swigluForward(float64(input), cols);
    const dexpected = reference.swigluBackward(float64(input), float64(doutput), cols);
    // exp of an argument of magnitude a is only good to a few times a units in the last place (WGSL, "Accuracy").
    const scale = Math.max(1e-20, ...expected.map(Math.abs));
    assertClose(actual!, expected, { what: "y", terms: 4, scale });
    assertClose(dactual!, dexpected, { what: "dx", terms: 4, scale: Math.max(scale, 1e-20) });
    gpu.release(x, dy, y, dx);
  });
}
