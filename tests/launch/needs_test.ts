import assert from "node:assert/strict";
import { needsOf, permissionFlags } from "../../src/launch/mod.ts";

Deno.test("needsOf() finds who needs no driver", () => {
  const gpu = (task: string, args: string[], ...configs: object[]) =>
    needsOf(task, args, configs).gpu;
  assert.equal(gpu("train", []), true);
  assert.equal(gpu("train", ["--help"]), false);
  assert.equal(gpu("serve", []), false);
  assert.equal(gpu("eval", ["--model.url", "http://h"]), false);
  assert.equal(gpu("eval", ["--model.url=http://h", "--against", "fixtures/micro/model"]), true);
  assert.equal(gpu("eval", [], { model: { url: "http://h" } }), false);
  assert.equal(gpu("eval", ["--model.url="], { model: { url: "http://h" } }), true);
});

Deno.test("needsOf() gives the page of collect its own permissions", () => {
  const set = (args: string[], ...configs: object[]) =>
    needsOf("collect", args, configs).permissions;
  assert.equal(set(["--out", "b.jsonl"]), "collect");
  assert.equal(set(["--source", "human"]), "collect-human");
  assert.equal(set(["--source=human"]), "collect-human");
  assert.equal(set([], { source: "human" }), "collect-human");
  assert.equal(set(["--source", "lm"], { source: "human" }), "collect");
});

Deno.test("permissionFlags() lets a task reach the named server and read the named variable alone", () => {
  const flags = (args: string[], ...configs: object[]) => permissionFlags({}, args, configs);
  assert.deepEqual(flags(["--model.url", "http://h:8000/v1", "--model.key-env", "KEY"]), [
    "--allow-net=h:8000",
    "--allow-env=KEY",
  ]);
  assert.deepEqual(flags(["--model.url=https://h/v1"]), ["--allow-net=h:443"]);
  assert.deepEqual(flags(["--model.url=http://[::1]/v1"]), ["--allow-net=[::1]:80"]);
  assert.deepEqual(flags([], { model: { url: "http://h", keyEnv: "KEY" } }), [
    "--allow-net=h:80",
    "--allow-env=KEY",
  ]);
  assert.deepEqual(flags(["--model.url", "nonsense", "--model.key-env", "A,B"]), []);
  assert.deepEqual(flags(["--model.name", "http://h"]), []);
});
