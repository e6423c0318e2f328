import { rngStream } from "../../src/base/mod.ts";
import { biasBackward, biasForward } from "../../src/ops/bias.ts";
import * as reference from "../reference/bias.ts";
import { assertClose, assertGradient, innerProduct } from "../support/compare.ts";
import { gpuTest } from "../support/device.ts";
import { float64, normals } from "../support/inputs.ts";

Deno.test("biasBackward() of the reference is the derivative of its forward", () => {
  const rng = rngStream(12, "bias");
  const [y, dy, bias] = [12, 12, 3].map((n) => float64(normals(rng, n))) as Float64Array[];
  const loss = () => innerProduct(reference.biasForward(y!, bias!), dy!);
  assertGradient("dbias", loss, bias!, reference.biasBackward(dy!, 3));
});

for (const [rows, cols] of [[1, 1], [5, 37], [65, 9], [2000, 128]] as const) {
  gpuTest(`bias agrees with its reference at [${rows},${cols}]`, async (gpu) => {
    const rng = rngStream(13, "bias", rows);
    const [before, added, doutput] = [rows * cols, cols, rows * cols].map((n) => normals(rng, n));
    const y = gpu.from("y", [rows, cols], before!);
    const bias = gpu.from("bias", [cols], added!);
    const dy = gpu.from("dy", [rows, cols], doutput!);
    const dbias = gpu.tensor("dbias", [cols]);
    const pass = gpu.pass("bias");
    biasForward(pass, { bias }, y);
    for (let i = 0; i < 2; i++) biasBackward(pass, { dy, dbias });
    pass.submit();
    const [actual, sum] = await gpu.readAll([y, dbias]);
    const expected = reference.biasForward(float64(before!), float64(added!));
    assertClose(actual!, expected, { what: "y", terms: 1 });
    const twice = reference.biasBackward(float64(doutput!), cols).map((value) => 2 * value);
    assertClose(sum!, twice, { what: "dbias", terms: rows });
    gpu.release(y, bias, dy, dbias);
  });
}
