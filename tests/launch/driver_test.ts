import assert from "node:assert/strict";
import { adapterNote } from "../../src/launch/mod.ts";

Deno.test("adapterNote() names a GPU and tells how a software adapter could be faster", () => {
  assert.equal(
    adapterNote({ description: "NVIDIA H200", isFallbackAdapter: false }),
    "GPU adapter: NVIDIA H200.",
  );
  const lavapipe = adapterNote({ description: "llvmpipe (LLVM 15)", isFallbackAdapter: true });
  assert.match(lavapipe, /^GPU adapter: llvmpipe \(LLVM 15\) \(software\)\..*Mesa 25/);
  const swift = adapterNote({ description: "SwiftShader Device", isFallbackAdapter: true });
  assert.match(swift, /apt-get install mesa-vulkan-drivers/);
});
