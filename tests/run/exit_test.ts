import assert from "node:assert/strict";
import { CheckpointError, ConfigError } from "../../src/base/mod.ts";
import { endingOf, GoalError } from "../../src/run/mod.ts";

Deno.test("endingOf() says bad input in one line with code 2", () => {
  for (const error of [new ConfigError("Cannot a"), new CheckpointError("Cannot a")]) {
    assert.deepEqual(endingOf(error), { exitCode: 2, message: "Cannot a" });
  }
});

Deno.test("endingOf() takes the code an error carries", () => {
  assert.deepEqual(endingOf(new GoalError("Too low")), { exitCode: 1, message: "Too low" });
  const help = Object.assign(new Error("Usage"), { exitCode: 0 });
  assert.deepEqual(endingOf(help), { exitCode: 0, message: "Usage" });
});

Deno.test("endingOf() says which path a task may not touch", () => {
  const ending = endingOf(
    new Deno.errors.NotCapable('Requires read access to "/x", run again with'),
  );
  const message = 'Requires read access to "/x": name the path on the command line to permit it';
  assert.deepEqual(ending, { exitCode: 2, message });
});

Deno.test("endingOf() shows a fault with its stack and its cause", () => {
  const ending = endingOf(new Error("outer", { cause: new RangeError("inner") }));
  assert.equal(ending.exitCode, 1);
  assert.match(
    ending.message,
    /Error: outer\n {4}at .*exit_test\.ts[^]*Caused by RangeError: inner/,
  );
  assert.deepEqual(endingOf("text"), { exitCode: 1, message: "text" });
});

Deno.test("runMain() ends the process with the code and on the right stream", async () => {
  const mod = new URL("../../src/run/mod.ts", import.meta.url).href;
  const base = new URL("../../src/base/mod.ts", import.meta.url).href;
  const run = async (body: string) => {
    const code = `import { runMain } from "${mod}"; import { ConfigError } from "${base}";
      await runMain(async (args) => { ${body} });`;
    const { code: exit, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--ext=ts", code],
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder();
    return [exit, text.decode(stdout), text.decode(stderr)];
  };
  assert.deepEqual(await run(""), [0, "", ""]);
  assert.deepEqual(await run("throw new ConfigError('Cannot x')"), [2, "", "Cannot x\n"]);
  assert.deepEqual(
    await run("throw Object.assign(new Error('Usage'), { exitCode: 0 })"),
    [0, "Usage", ""],
  );
});
