import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { readsImages } from "../../src/ops/linear_image.ts";
import { linearForward } from "../../src/ops/matmul.ts";
import { matmulReference } from "../reference/matmul.ts";
import { assertClose } from "../support/compare.ts";
import { gpuTest } from "../support/device.ts";
import { imageFrom } from "../support/images.ts";
import { liveList, normals } from "../support/inputs.ts";

/** Rows, outputs, inputs: less than a tile; ragged; at work; several tiles. */
const SHAPES = [[1, 4, 4], [5, 36, 24], [33, 68, 20], [64, 128, 384], [70, 140, 32]] as const;

for (const [rows, outputs, inner] of SHAPES) {
  gpuTest(
    `a linear layer reads its weight from an image: [${rows},${outputs},${inner}]`,
    async (gpu) => {
      if (!readsImages(gpu.adapter, [outputs, inner])) return;
      const rng = rngStream(1, "linear image", rows);
      const input = normals(rng, rows * inner);
      const matrix = normals(rng, outputs * inner);
      const [offset, added] = [normals(rng, outputs), normals(rng, rows * outputs)];
      const x = gpu.from("x", [rows, inner], input);
      const weight = gpu.from("weight", [outputs, inner], matrix);
      const image = imageFrom(gpu, "weight", [outputs, inner], matrix);
      const bias = gpu.from("bias", [outputs], offset);
      const residual = gpu.from("residual", [rows, outputs], added);
      const [y, same] = [gpu.tensor("y", [rows, outputs]), gpu.tensor("same", [rows, outputs])];
      for (
        const [terms, options] of [[{}, {}], [{ bias }, {}], [{ bias }, { residual }]] as const
      ) {
        const pass = gpu.pass("linear");
        linearForward(pass, { x, weight, image, ...terms }, y, options);
        linearForward(pass, { x, weight, ...terms }, same, options);
        pass.submit();
        const [actual, bits] = await gpu.readAll([y, same]);
        const expected = matmulReference(input, matrix, {
          ...{ rows, cols: outputs, inner, transposeB: true },
          ...("bias" in terms && { bias: offset }),
          ...("residual" in options && { residual: added }),
        });
        assertClose(actual!, expected, { what: "y", terms: inner });
        assert.deepEqual(actual, bits); // as without the image
      }
      gpu.release(x, weight, image, bias, residual, y, same);
    },
  );
}

/** None, one, one more than eight, one more than a tile, all. */
const WANTED = [[], [69], [3, 4, 9, 20, 33, 34, 50, 61, 68], [...Array(66).keys()].slice(33), [
  ...Array(70).keys(),
]];

gpuTest("a layer whose weight is an image computes the rows that are wanted alone", async (gpu) => {
  const [rows, outputs, inner] = [70, 36, 24];
  if (!readsImages(gpu.adapter, [outputs, inner])) return;
  const rng = rngStream(5, "linear image");
  const matrix = normals(rng, outputs * inner);
  const x = gpu.from("x", [rows, inner], normals(rng, rows * inner));
  const residual = gpu.from("residual", [rows, outputs], normals(rng, rows * outputs));
  const weight = gpu.from("weight", [outputs, inner], matrix);
  const image = imageFrom(gpu, "weight", [outputs, inner], matrix);
  const [y, all] = [gpu.tensor("y", [rows, outputs]), gpu.tensor("all", [rows, outputs])];
  for (const wanted of WANTED) {
    const live = gpu.from("live", [rows + 1], liveList(rows, wanted));
    const pass = gpu.pass("listed");
    pass.clear(y);
    linearForward(pass, { x, weight, image, live }, y, { residual });
    linearForward(pass, { x, weight, image }, all, { residual });
    pass.submit();
    const [some, whole] = await gpu.readAll([y, all]);
    const expected = some!.map((_, i) => wanted.includes(Math.floor(i / outputs)) ? whole![i]! : 0);
    assert.deepEqual(some, expected);
    gpu.release(live);
  }
  gpu.release(x, residual, weight, image, y, all);
});

gpuTest("a linear layer refuses an image of another shape", (gpu) => {
  const [x, weight, y] = [
    gpu.tensor("x", [3, 8]),
    gpu.tensor("w", [4, 8]),
    gpu.tensor("y", [3, 4]),
  ];
  const image = gpu.image("w", [4, 4]);
  const pass = gpu.pass("wrong");
  assert.throws(() => linearForward(pass, { x, weight, image }, y), /linear image/);
  gpu.release(x, weight, y, image);
});
