import { deepStrictEqual, notDeepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { imageBytes } from "../../src/gpu/mod.ts";
import { WeightImages } from "../../src/model/mod.ts";
import { Sampler } from "../../src/sample/mod.ts";
import { gpuTest } from "../support/device.ts";
import { readImage } from "../support/images.ts";
import { TINY, tinyModel, tinyWeights } from "../support/tiny_model.ts";

gpuTest(
  "WeightImages hold the weights of every product, on adapters that gain by it",
  async (gpu) => {
    const before = gpu.allocatedBytes;
    using model = tinyModel(gpu);
    const without = gpu.allocatedBytes;
    using images = new WeightImages(model);
    const { weights } = images.decoder;
    if (!gpu.adapter.software || gpu.adapter.subgroupSize < 8) {
      return strictEqual(gpu.allocatedBytes, without);
    }
    images.refresh();
    const [layer] = weights.layers;
    for (const name of ["query", "key", "value", "output", "gateUp", "down"] as const) {
      const { weight, image, bias } = layer![name];
      strictEqual(bias, model.weights.layers[0]![name].bias);
      deepStrictEqual(await readImage(gpu, image!), await gpu.read(weight));
    }
    deepStrictEqual(await readImage(gpu, weights.headImage!), await gpu.read(weights.head));
    const shapes = [
      ...weights.layers.flatMap((layer) => [layer.query, layer.key, layer.value, layer.output])
        .map(({ weight }) => weight.shape),
      ...weights.layers.flatMap(({ gateUp, down }) => [gateUp.weight.shape, down.weight.shape]),
      weights.head.shape,
    ];
    const bytes = shapes.reduce((sum, shape) => sum + imageBytes(shape), 0);
    strictEqual(gpu.allocatedBytes - without, bytes);
    images[Symbol.dispose]();
    model[Symbol.dispose]();
    strictEqual(gpu.allocatedBytes, before);
  },
);

gpuTest("WeightImages stack queries, keys and values where heads are long enough", async (gpu) => {
  const before = gpu.allocatedBytes;
  using model = tinyModel(gpu, { ...TINY, headDim: 32 });
  using images = new WeightImages(model);
  images.refresh();
  for (const { stacked, query, key, value } of images.decoder.weights.layers) {
    if (!gpu.adapter.software || gpu.adapter.subgroupSize < 8) {
      return strictEqual(stacked, undefined);
    }
    const parts = [query, key, value];
    const weights = await gpu.readAll(parts.map(({ weight }) => weight));
    const biases = await gpu.readAll(parts.map(({ bias }) => bias!));
    deepStrictEqual(
      [...await readImage(gpu, stacked!.image)],
      weights.flatMap((part) => [...part]),
    );
    deepStrictEqual([...await gpu.read(stacked!.bias!)], biases.flatMap((part) => [...part]));
  }
  images[Symbol.dispose]();
  model[Symbol.dispose]();
  strictEqual(gpu.allocatedBytes, before);
});

gpuTest("WeightImages of halves are none", (gpu) => {
  using model = tinyModel(gpu, TINY, 1, "mixed");
  const before = gpu.allocatedBytes;
  using images = new WeightImages(model);
  strictEqual(gpu.allocatedBytes, before);
  ok(images.decoder.weights.layers.every(({ query }) => query.image === undefined));
});

gpuTest("sample() samples from the weights as they are at the beginning of a call", async (gpu) => {
  using model = tinyModel(gpu);
  using sampler = new Sampler(model, { lanes: 4, promptRows: 16, maxTokens: 12, stop: [] });
  const requests = [{ prompt: [3, 5, 7, 2], count: 4, seed: 1 }];
  const settings = { maxTokens: 12, temperature: 1, topP: 1, topK: 0 };
  const first = await sampler.sample(requests, settings);
  for (const [name, values] of tinyWeights(TINY, 2)) model.load(name, values);
  const second = await sampler.sample(requests, settings);
  notDeepStrictEqual(second, first);
  using other = tinyModel(gpu, TINY, 2);
  using fresh = new Sampler(other, { lanes: 4, promptRows: 16, maxTokens: 12, stop: [] });
  deepStrictEqual(await fresh.sample(requests, settings), second);
});
