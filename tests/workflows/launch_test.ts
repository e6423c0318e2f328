import assert from "node:assert/strict";

const ROOT = `${import.meta.dirname}/../../`;

interface Launch {
  child: Deno.ChildProcess;
  workflow: string;
}

/** Launches a throw-away workflow through the real launcher. */
async function launch(
  code: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<Launch> {
  const task = `../.cache/probe_${crypto.randomUUID().replaceAll("-", "_")}`;
  const workflow = `${ROOT}workflows/${task}.ts`;
  await Deno.mkdir(`${ROOT}.cache`, { recursive: true });
  await Deno.writeTextFile(workflow, code);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-P=launch", "workflows/launch.ts", task, ...args],
    cwd: ROOT,
    env,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  return { child, workflow };
}

/** Launches and waits; gives exit code, stdout and stderr. */
async function finish(
  code: string,
  args: string[] = [],
  env = {},
): Promise<[number, string, string]> {
  const { child, workflow } = await launch(code, args, env);
  const { code: exit, stdout, stderr } = await child.output();
  await Deno.remove(workflow);
  return [exit, new TextDecoder().decode(stdout), new TextDecoder().decode(stderr)];
}

Deno.test("launch passes arguments, output and exit code through and names the adapter", async () => {
  const [exit, stdout, stderr] = await finish(
    "console.log(JSON.stringify(Deno.args)); Deno.exit(7)",
    ["--steps", "2", "a b"],
  );
  assert.deepEqual([exit, stdout], [7, '["--steps","2","a b"]\n']);
  assert.match(stderr, /^GPU adapter: [^\n]+\n$/);
});

Deno.test("launch gives a task the train set's permissions and no more", async () => {
  const [exit, stdout] = await finish(`
    const names = ["read:/etc/passwd", "read:deno.json", "write:deno.json", "write:runs/x", "net", "ffi"];
    const states = names.map((text) => {
      const [name, path] = text.split(":");
      const query = { name, path: path?.startsWith("/") ? path : path && Deno.cwd() + "/" + path };
      const { state } = Deno.permissions.querySync(query as Deno.PermissionDescriptor);
      return text + (state === "granted" ? " yes" : " no");
    });
    console.log(states.join("\\n"));`);
  assert.equal(exit, 0);
  assert.deepEqual(stdout.trim().split("\n"), [
    "read:/etc/passwd no",
    "read:deno.json yes",
    "write:deno.json no",
    "write:runs/x yes",
    "net no",
    "ffi no",
  ]);
});

Deno.test("launch forwards signals", async () => {
  const { child, workflow } = await launch("setInterval(() => {}, 1000); console.log('up')", []);
  const reader = child.stdout.getReader();
  await reader.read();
  child.kill("SIGTERM");
  assert.equal((await child.status).code, 143);
  await Promise.all([reader.cancel(), child.stderr.cancel(), Deno.remove(workflow)]);
});

Deno.test("a launched task ends when its launcher is killed", async () => {
  const { child, workflow } = await launch(
    "setInterval(() => {}, 1000); console.log(Deno.pid)",
    [],
  );
  const reader = child.stdout.getReader();
  const pid = Number(new TextDecoder().decode((await reader.read()).value));
  child.kill("SIGKILL");
  await child.status;
  const alive = () => Deno.stat(`/proc/${pid}/status`).then(() => true, () => false);
  for (let i = 0; i < 100 && await alive(); i++) await new Promise((done) => setTimeout(done, 100));
  assert.equal(await alive(), false);
  await Promise.all([reader.cancel(), child.stderr.cancel(), Deno.remove(workflow)]);
});

const FETCHED = `${ROOT}.cache/swiftshader-153.0.0/vk_swiftshader_icd.json`;

Deno.test({
  name: "launch falls back to the fetched driver where the system's cannot be found",
  ignore: !await Deno.stat(FETCHED).then(() => true, () => false), // nothing is fetched for a test
  fn: async () => {
    const nowhere = { VK_DRIVER_FILES: "/nowhere.json", VK_ICD_FILENAMES: "/nowhere.json" };
    const [exit, stdout, stderr] = await finish(
      "console.log((await navigator.gpu.requestAdapter())?.info.description)",
      [],
      nowhere,
    );
    assert.equal(exit, 0, stderr);
    assert.match(stdout, /^SwiftShader/);
    assert.match(stderr, /^GPU adapter: SwiftShader \(software\)\. .*apt-get install/);
  },
});
