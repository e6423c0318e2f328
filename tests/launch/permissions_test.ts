import assert from "node:assert/strict";
import { configFiles, permissionFlags, wantsNativeGpu } from "../../src/launch/mod.ts";

Deno.test("permissionFlags() grants a set and nothing else", () => {
  const set = { read: ["."], write: ["runs", "a,b"], run: true, net: false, env: [] };
  assert.deepEqual(permissionFlags(set, ["--steps", "2"]), [
    "--allow-read=.",
    "--allow-write=runs,a,,b",
    "--allow-run",
  ]);
  assert.deepEqual(permissionFlags({}, []), []);
});

Deno.test("permissionFlags() lets a task read what its command line names outside the folder", () => {
  const args = ["/data/a.js", "--tests", "../b.json", "--model.path=/models/m", "c.js", "--x=-1"];
  assert.deepEqual(permissionFlags({ read: ["."] }, args), [
    "--allow-read=.,/data/a.js,../b.json,/models/m",
  ]);
  const config = { model: { path: "/models/n" }, tasks: ["/data/t.jsonl", "fixtures/t.jsonl"] };
  assert.deepEqual(permissionFlags({}, [], [config]), ["--allow-read=/models/n,/data/t.jsonl"]);
});

Deno.test("permissionFlags() lets a task write what --out and its like name", () => {
  const args = ["--out", "bugs.jsonl", "--run.root=/data/runs", "--junit"];
  assert.deepEqual(permissionFlags({ write: ["runs"] }, args), [
    "--allow-read=/data/runs,bugs.jsonl,bugs.jsonl.tmp,/data/runs.tmp",
    "--allow-write=runs,bugs.jsonl,bugs.jsonl.tmp,/data/runs,/data/runs.tmp",
  ]);
});

Deno.test("permissionFlags() lets a task write beside its output", () => {
  assert.deepEqual(permissionFlags({}, ["--out=b.jsonl"], [], [".rejected.jsonl"]), [
    "--allow-read=b.jsonl,b.jsonl.tmp,b.rejected.jsonl,b.rejected.jsonl.tmp",
    "--allow-write=b.jsonl,b.jsonl.tmp,b.rejected.jsonl,b.rejected.jsonl.tmp",
  ]);
});

Deno.test("configFiles() finds every configuration file", () => {
  assert.deepEqual(configFiles(["--config", "a.json", "--config=b=c.json", "--seed", "1"]), [
    "a.json",
    "b=c.json",
  ]);
});

Deno.test("wantsNativeGpu() only when the native backend is asked for", () => {
  assert.equal(wantsNativeGpu(["--gpu.backend", "dawn"], []), true);
  assert.equal(wantsNativeGpu(["--gpu.backend=dawn"], []), true);
  assert.equal(wantsNativeGpu([], [{ gpu: { backend: "dawn" } }]), true);
  assert.equal(wantsNativeGpu(["--gpu.backend", "deno"], [{ gpu: { backend: "dawn" } }]), false);
  assert.equal(wantsNativeGpu(["--prompt", "dawn"], [{ gpu: {} }, null]), false);
});
