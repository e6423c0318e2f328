import assert from "node:assert/strict";
import { adapterNote } from "../../src/launch/mod.ts";

Deno.test("adapterNote() names a GPU and tells how a software adapter could be faster", () => {
  assert.equal(
    adapterNote({ description: "NVIDIA H200", isFallbackAdapter: false }, false),
    "GPU adapter: NVIDIA H200.",
  );
  const lavapipe = { description: "llvmpipe (LLVM 15)", isFallbackAdapter: true };
  const name = "GPU adapter: llvmpipe (LLVM 15) (software).";
  assert.ok(adapterNote(lavapipe, false).startsWith(`${name} A GPU is faster; Mesa 25`));
  assert.equal(adapterNote(lavapipe, true), `${name} A GPU is faster.`);
  const swift = adapterNote({ description: "SwiftShader Device", isFallbackAdapter: true }, false);
  assert.match(swift, /apt-get install mesa-vulkan-drivers/);
});
