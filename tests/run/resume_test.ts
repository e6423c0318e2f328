import assert from "node:assert/strict";
import { join } from "node:path";

const WORKER = `${import.meta.dirname}/../support/run_worker.ts`;
const STEPS = 12;

/** Starts the worker on a run; it is killed after `lifeMs` unless it ends before. */
async function work(root: string, lifeMs: number): Promise<boolean> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--allow-read", "--allow-write", WORKER, root, String(STEPS)],
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  const timer = setTimeout(() => {
    try {
      child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended, and its status is on its way
    }
  }, lifeMs);
  const { success, signal } = await child.status;
  clearTimeout(timer);
  assert.ok(success || signal === "SIGKILL");
  return success;
}

/** Every file of a run that must not depend on interruptions. */
async function contents(dir: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const visit = async (path: string): Promise<void> => {
    for await (const entry of Deno.readDir(join(dir, path))) {
      const below = join(path, entry.name);
      if (entry.isDirectory) await visit(below);
      else if (below !== "config.json") files[below] = await Deno.readTextFile(join(dir, below));
    }
  };
  await visit("");
  return files;
}

Deno.test("a run killed again and again ends with the files of an unbroken one", async () => {
  const root = await Deno.makeTempDir();
  try {
    assert.ok(await work(`${root}/whole`, 60_000));
    let kills = 0;
    for (let lifeMs = 120; !await work(`${root}/broken`, lifeMs); lifeMs += 37) kills++;
    assert.ok(kills >= 2, `only ${kills} kills`);
    const whole = await contents(`${root}/whole/a`);
    assert.ok(Object.keys(whole).includes(`checkpoints/step-${STEPS - 1}/model`));
    assert.deepEqual(await contents(`${root}/broken/a`), whole);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
