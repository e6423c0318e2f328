import assert from "node:assert/strict";
import { readKey } from "../../src/remote/mod.ts";
import { withFolder } from "../support/folder.ts";

Deno.test("readKey() reads the file or the variable that is named", async () => {
  await withFolder({ key: "sk-1\n", empty: "\n", two: "a b" }, async (folder) => {
    assert.equal(await readKey({ keyFile: `${folder}/key`, keyEnv: "" }), "sk-1");
    for (const name of ["empty", "two", "none"]) {
      await assert.rejects(
        readKey({ keyFile: `${folder}/${name}`, keyEnv: "" }),
        /^ConfigError: Cannot use the key of .*: expected/,
      );
    }
  });
  assert.equal(await readKey({ keyFile: "", keyEnv: "" }), undefined);
  const variable = "KEDGE_TEST_KEY";
  await assert.rejects(readKey({ keyFile: "", keyEnv: variable }), /variable KEDGE_TEST_KEY/);
  Deno.env.set(variable, "sk-2");
  try {
    assert.equal(await readKey({ keyFile: "", keyEnv: variable }), "sk-2");
  } finally {
    Deno.env.delete(variable);
  }
});
