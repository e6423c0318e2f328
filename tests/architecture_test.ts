import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { ROOT, sourceFiles, withoutComments } from "./support/source.ts";

/**
 * The house, from the ground up. A file imports from lower floors or its own folder, through each folder's `mod.ts`;
 * folders on one floor never import each other.
 */
const FLOORS: readonly (readonly string[])[] = [
  ["base"], // errors, random streams, hashes
  ["config"], // schemas, flags, help; others import its types only
  ["gpu", "sandbox", "text", "run", "web", "remote"],
  ["ops", "tasks", "status", "launch"],
  ["model", "optim", "corpus", "prompts", "collect"],
  ["sample", "embed", "rl"],
  ["selfplay", "bench", "pretrain"],
  ["session"], // a whole job's parts, opened together
];

/** Who alone may do what: a pattern of code and the places it may stand in. */
const RESERVED: readonly { what: string; pattern: RegExp; places: readonly string[] }[] = [
  {
    what: "touch WebGPU",
    pattern: /\bGPU[A-Z]\w+|navigator\.gpu/,
    places: ["src/gpu/", "src/launch/driver.ts", "src/launch/probe.ts"], // the launcher asks which adapter there is
  },
  {
    what: "start processes",
    pattern: /Deno\.Command|child_process/,
    places: ["src/sandbox/", "src/launch/", "workflows/launch.ts"],
  },
  {
    what: "read the command line",
    pattern: /Deno\.args|process\.argv/,
    places: [
      "workflows/",
      "src/run/exit.ts", // runMain hands it to a workflow's main
      "src/sandbox/child", // children get their program on theirs
    ],
  },
  {
    what: "write files",
    pattern:
      /Deno\.(write(Text)?File|mkdir|rename|remove|truncate|create|makeTemp\w+|(sym)?link)(Sync)?\(/,
    places: [
      "src/run/",
      "src/model/checkpoint.ts",
      "src/model/trainer_state.ts", // its other half: what a continued run needs beside the model
      "src/sandbox/child/python_setup.ts", // a program of its own, which keeps the interpreter
      "src/launch/swiftshader.ts", // removes the throw-away project it installs from
    ],
  },
  {
    what: "use the network",
    pattern: /\bfetch\(|Deno\.(serve|connect|listen)\w*\(/,
    places: ["src/web/", "src/remote/"],
  },
  {
    what: "use the console",
    pattern: /\bconsole\./,
    places: ["src/sandbox/"], // a candidate's console is replaced there
  },
];

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

/** Every import between two files of the repository, as Deno resolves them. */
async function repositoryImports(): Promise<Import[]> {
  const files = await sourceFiles(["src", "workflows"], ".ts");
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  const lines = files.map(({ path }) => `import "${pathToFileURL(ROOT + path).href}";\n`);
  await Deno.writeTextFile(entry, lines.join(""));
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", `--config=${ROOT}deno.json`, entry],
  }).output();
  await Deno.remove(entry);
  const root = pathToFileURL(ROOT).href;
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as { modules: InfoModule[] };
  return modules.filter((module) => module.specifier.startsWith(root)).flatMap((module) =>
    (module.dependencies ?? []).flatMap(({ code, type }) => {
      const to = (code ?? type)?.specifier;
      if (!to?.startsWith(root)) return [];
      const from = module.specifier.slice(root.length);
      return [{ from, to: to.slice(root.length), typeOnly: !code }];
    })
  );
}

interface InfoModule {
  specifier: string;
  dependencies?: { code?: { specifier: string }; type?: { specifier: string } }[];
}

/** Floor of a path; workflows and the public surface stand on the roof. */
function floorOf(path: string): number {
  const room = roomOf(path);
  const floor = FLOORS.findIndex((rooms) => room !== undefined && rooms.includes(room));
  return floor < 0 ? FLOORS.length : floor;
}

function roomOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1];
}

Deno.test("every folder of src/ is in the table of floors", async () => {
  const rooms = (await Array.fromAsync(Deno.readDir(`${ROOT}src`))).map((entry) => entry.name);
  assert.deepEqual(rooms.filter((room) => !FLOORS.flat().includes(room)), []);
});

Deno.test("CONTRIBUTING.md draws the same floors", async () => {
  const text = await Deno.readTextFile(`${ROOT}CONTRIBUTING.md`);
  const drawn = [...text.matchAll(/^ {4}(?:(\d+|ground) +| {8})(\w+)\/ /gm)];
  const floors: string[][] = [];
  for (const [, floor, room] of drawn) {
    if (floor === undefined) floors[0]?.push(room!);
    else floors.unshift([room!]);
  }
  assert.deepEqual(floors.map((rooms) => rooms.sort()), FLOORS.map((rooms) => [...rooms].sort()));
});

Deno.test("imports go downward or inside a folder, and through mod.ts", async () => {
  const wrong = (await repositoryImports()).filter(({ from, to }) => {
    if (!to.startsWith("src/")) return false;
    if (roomOf(from) === roomOf(to)) return false;
    return floorOf(to) >= floorOf(from) || !/^src\/[^/]+\/mod\.ts$/.test(to);
  });
  assert.deepEqual(wrong.map(({ from, to }) => `${from} -> ${to}`), []);
});

Deno.test("only ops/ imports kernels, and src/ imports nothing above itself", async () => {
  const wrong = (await repositoryImports()).filter(({ from, to }) =>
    to.startsWith("kernels/")
      ? roomOf(from) !== "ops"
      : from.startsWith("src/") && !to.startsWith("src/")
  );
  assert.deepEqual(wrong.map(({ from, to }) => `${from} -> ${to}`), []);
});

Deno.test("src/ takes only types from config/", async () => {
  const wrong = (await repositoryImports()).filter(({ from, to, typeOnly }) =>
    from.startsWith("src/") && roomOf(from) !== "config" && roomOf(to) === "config" && !typeOnly
  );
  assert.deepEqual(wrong.map(({ from, to }) => `${from} -> ${to}`), []);
});

for (const { what, pattern, places } of RESERVED) {
  Deno.test(`only ${places.length} places may ${what}`, async () => {
    const files = await sourceFiles(["src", "workflows"], ".ts");
    const wrong = files.filter(({ path, text }) =>
      !places.some((place) => path.startsWith(place)) && pattern.test(withoutComments(text))
    );
    assert.deepEqual(wrong.map(({ path }) => path), []);
  });
}
