import assert from "node:assert/strict";
import { writeSyntheticRun } from "../support/synthetic_run.ts";

const ROOT = `${import.meta.dirname}/../../`;

/** Starts `deno task serve` as a person would, on a free port. */
function serve(args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["task", "-q", "serve", ...args],
    cwd: ROOT,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

Deno.test("serve answers on the loopback until it is interrupted", async () => {
  const root = await Deno.makeTempDir();
  await writeSyntheticRun(root, "a", 2);
  const server = serve(["--root", root, "--port", "0", "--json"]);
  const reader = server.stdout.getReader();
  const { url } = JSON.parse(new TextDecoder().decode((await reader.read()).value));
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
  assert.deepEqual(await (await fetch(`${url}healthz`)).json(), { ok: true });
  assert.equal((await (await fetch(`${url}runs/a/metrics`)).json()).length, 2);
  assert.match(await (await fetch(url)).text(), /^<!DOCTYPE html>/);

  const taken = await serve(["--root", root, "--port", new URL(url).port]).output();
  assert.equal(taken.code, 2);
  const message = new TextDecoder().decode(taken.stderr);
  assert.match(message, /^Cannot serve: port: expected a free one, found \d+ in use\n$/);

  server.kill("SIGTERM");
  assert.equal((await server.status).code, 0);
  await Promise.all([reader.cancel(), server.stderr.cancel()]);
  await Deno.remove(root, { recursive: true });
});
