import assert from "node:assert/strict";
import { choiceFiles } from "../../src/run/mod.ts";

Deno.test("choiceFiles() reads what it wrote, and nothing where there is nothing readable", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const files = choiceFiles(`${folder}/new`);
    assert.equal(await files.read("tuning-1"), undefined);
    await files.write("tuning-1", { "matmul/nt/9/9/9": "broadcast" });
    assert.deepEqual(await files.read("tuning-1"), { "matmul/nt/9/9/9": "broadcast" });
    await Deno.writeTextFile(`${folder}/new/tuning-2.json`, "{ half");
    assert.equal(await files.read("tuning-2"), undefined);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
