import { deepStrictEqual, notStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { Gpu } from "../../src/gpu/mod.ts";
import { choiceFiles } from "../../src/run/mod.ts";
import { tuneGpu } from "../../src/session/mod.ts";
import { asHardware, gpuTest } from "../support/device.ts";
import { withFolder } from "../support/folder.ts";
import { TINY } from "../support/tiny_model.ts";

const ON = { backend: "deno", autotune: "on" } as const;
const WORK = { inference: [4] };

gpuTest(
  "tuneGpu() measures a model's products once and reads them from the cache afterwards",
  async (gpu) => {
    // Software adapters keep the defaults, so this one claims to be none. Its device is shared.
    const open = () => asHardware(gpu);
    await withFolder({}, async (folder) => {
      const store = choiceFiles(folder);
      const first = open();
      await tuneGpu(first, ON, TINY, WORK, store);
      deepStrictEqual([...first.choices.keys()].sort(), [
        "matmul/nt/f32*f32/2/4/4", // keys and values
        "matmul/nt/f32*f32/2/4/5", // attention's output, down
        "matmul/nt/f32*f32/2/5/4", // queries
        "matmul/nt/f32*f32/2/6/4", // gate with up, head
      ]);
      const [file] = [...Deno.readDirSync(folder)].map(({ name }) => name);
      const kept = JSON.parse(await Deno.readTextFile(`${folder}/${file}`));
      deepStrictEqual(kept, Object.fromEntries(first.choices));
      const other = Object.fromEntries(Object.keys(kept).map((key) => [key, "naive"]));
      await Deno.writeTextFile(`${folder}/${file}`, JSON.stringify(other));
      const second = open();
      await tuneGpu(second, ON, TINY, WORK, store);
      deepStrictEqual(Object.fromEntries(second.choices), other);
    });
  },
);

gpuTest("tuneGpu() measures a mixed model's products as they are stored", async (gpu) => {
  const hard = asHardware(gpu);
  const forgetful = { read: () => Promise.resolve(undefined), write: () => Promise.resolve() };
  await tuneGpu(hard, ON, TINY, { inference: [4], precision: "mixed" }, forgetful);
  deepStrictEqual([...hard.choices.keys()].sort(), [
    "matmul/nt/f16*f16/2/4/4", // keys and values
    "matmul/nt/f16*f16/2/4/5", // attention's output, down
    "matmul/nt/f16*f16/2/5/4", // queries
    "matmul/nt/f16*f16/2/6/4", // gate with up
    "matmul/nt/f32*f16/2/6/4", // head
  ]);
});

gpuTest("tuneGpu() keeps choices apart that may multiply in half precision", async (gpu) => {
  const hard = asHardware(gpu);
  const names: string[] = [];
  const store = {
    read: (name: string) => Promise.reject(new Error(`read ${names.push(name)}`)),
    write: () => Promise.resolve(),
  };
  for (const autotune of ["on", "half", "on"] as const) {
    await rejects(tuneGpu(hard, { ...ON, autotune }, TINY, WORK, store), /read/);
  }
  strictEqual(names[2], names[0]);
  notStrictEqual(names[1], names[0]);
});

gpuTest("tuneGpu() leaves the defaults where it is off or the adapter is software", async (gpu) => {
  const store = { read: () => Promise.reject(new Error("read")), write: () => Promise.resolve() };
  const hard = asHardware(gpu);
  const soft = new Gpu(gpu.device, { ...gpu.adapter, software: true }, {});
  await tuneGpu(hard, { ...ON, autotune: "off" }, TINY, WORK, store);
  await tuneGpu(soft, ON, TINY, WORK, store);
  strictEqual(hard.choices.size + soft.choices.size, 0);
  ok(soft.adapter.software);
});
