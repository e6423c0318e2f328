/**
 * Opens an embedder together with the GPU it needs, if it needs one.
 *
 * @module
 */
import { editNgrams } from "../../src/embed/mod.ts";
import type { GpuSection } from "../../src/config/mod.ts";
import { openConfiguredGpu, type OpenEmbedder, openEmbedder } from "../../src/session/mod.ts";

/**
 * Opens an embedder by name.
 *
 * @param config The name, and the model that `policy` stands for.
 */
export async function openConfiguredEmbedder(
  { embedder: name, model: { path }, gpu: gpuSection }: {
    embedder: string;
    model: { path: string };
    gpu: GpuSection;
  },
): Promise<OpenEmbedder> {
  if (name === "edit-ngrams") return { ...editNgrams, [Symbol.dispose]: () => {} };
  using resources = new DisposableStack();
  const gpu = resources.use(await openConfiguredGpu(gpuSection));
  const embedder = resources.use(await openEmbedder(gpu, { name, policyDir: path }));
  const owned = resources.move();
  return {
    embed: (texts) => embedder.embed(texts),
    [Symbol.dispose]: () => owned.dispose(),
  };
}
