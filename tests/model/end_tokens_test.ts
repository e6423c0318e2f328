import assert from "node:assert/strict";
import { endTokens } from "../../src/model/mod.ts";

Deno.test("endTokens() prefers generation_config.json and takes an id or a list", () => {
  const ends = (generation: string | undefined, configJson: Record<string, unknown>) => {
    const files = new Map(generation === undefined ? [] : [["generation_config.json", generation]]);
    return endTokens({ dir: "m", files, configJson });
  };
  const config = { ["eos_token_id"]: 5 };
  assert.deepEqual(ends('{"eos_token_id": [7, 8]}', config), [7, 8]);
  assert.deepEqual(ends('{"eos_token_id": 0}', config), [0]);
  assert.deepEqual(ends('{"eos_token_id": null}', config), [5]);
  assert.deepEqual(ends("{}", {}), []);
  assert.deepEqual(ends(undefined, config), [5]);
  assert.throws(() => ends('{"eos_token_id": "x"}', {}), /m\/generation_config.json: eos_token_id/);
  assert.throws(() => ends("{", {}), /CheckpointError: Cannot read m\/generation_config.json/);
});
