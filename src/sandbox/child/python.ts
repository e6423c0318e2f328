/**
 * Entry of a child that runs Python, in CPython compiled to WebAssembly: a candidate that answers call cases or serves
 * tests, or the tests themselves.
 *
 * Starts from a memory snapshot; may read the interpreter's folder until it has loaded and nothing after that. Python code
 * can reach JavaScript, so a Python program has no less and no more power here than a JavaScript one.
 *
 * Runs inside a child process; its second argument, after this program, is the interpreter's folder.
 *
 * @module
 */
import { describeError } from "./describe_error.ts";
import { readLine, readText, silence, writeLine, writeReport, writeText } from "./line_io.ts";
import { PYTHON_SOURCES } from "./python_sources.ts";

interface CandidateMessage {
  readonly role: "candidate";
  readonly source: string;
  readonly names: readonly string[];
  readonly calls?: readonly (readonly unknown[])[];
}

interface TestsMessage {
  readonly role: "tests";
  readonly text: string;
  readonly kind: "program" | "suite";
  readonly names: readonly string[];
}

/** The parts of the interpreter's interface that are used here. */
interface Python {
  runPython(code: string, options?: { globals?: unknown }): unknown;
  globals: { set(name: string, value: unknown): void };
  setStdout(options: { batched: () => void }): void;
  setStderr(options: { batched: () => void }): void;
  setStdin(options: { error: boolean }): void;
}

async function startPython(folder: string): Promise<Python> {
  const { loadPyodide } = await import(`file://${folder}/pyodide.mjs`);
  const snapshot = Deno.readFileSync(`${folder}/snapshot.bin`);
  const python: Python = await loadPyodide({ indexURL: `${folder}/`, _loadSnapshot: snapshot });
  const nothing = () => {};
  python.setStdout({ batched: nothing });
  python.setStderr({ batched: nothing });
  python.setStdin({ error: true });
  python.globals.set("_sources", JSON.stringify(PYTHON_SOURCES));
  python.runPython(LOAD_SOURCES);
  Deno.permissions.revokeSync({ name: "read" });
  return python;
}

const LOAD_SOURCES = `
import json, sys, types
for _name, _text in json.loads(_sources).items():
    _module = types.ModuleType("kedge_" + _name)
    exec(compile(_text, "<kedge>", "exec"), _module.__dict__)
    sys.modules["kedge_" + _name] = _module
`;

const RUN_CANDIDATE = `
import json, kedge_values
def _run():
    message = json.loads(_message)
    try:
        names = kedge_values.load(message["source"])
    except BaseException as error:
        return _write(json.dumps({"load": kedge_values.describe(error)}))
    entry = names.get(message["names"][0]) if message["names"] else None
    _write(json.dumps({"loaded": "function" if callable(entry) else "undefined"}))
    if message.get("calls") is None:
        import kedge_remote
        peer = kedge_remote.Peer(_write, _read, False)
        peer.names = lambda wanted: {name: names[name] for name in wanted if name in names}
        peer.serve_forever()
    elif callable(entry):
        for call in message["calls"]:
            _write(kedge_values.answer(entry, json.dumps(call)))
_run()
`;

const RUN_TESTS = `
import json, kedge_remote, kedge_suite, kedge_values
def _run():
    message = json.loads(_message)
    report = lambda value: _report(json.dumps(value))
    peer = kedge_remote.Peer(_write, _read, True)
    try:
        names = peer.request("names", 0, message["names"])
        kedge_suite.run(message["text"], message["kind"], names, report, kedge_values.describe)
    except BaseException as error:
        report({"load": kedge_values.describe(error)})
    else:
        report({"end": True})
_run()
`;

async function main(): Promise<void> {
  const python = await startPython(Deno.args[1]!);
  writeLine("ready");
  const message = readLine() as CandidateMessage | TestsMessage | undefined;
  if (!message) return;
  silence();
  const give = (name: string, value: unknown) => python.globals.set(name, value);
  give("_message", JSON.stringify(message));
  give("_write", (text: string) => writeText(`${text}\n`)); // as it is: 1 and 1.0 differ in Python
  give("_report", (text: string) => writeText(`!${text}\n`));
  give("_read", () => readText() ?? Deno.exit(0));
  try {
    python.runPython(message.role === "tests" ? RUN_TESTS : RUN_CANDIDATE);
  } catch (error) {
    if (message.role === "tests") writeReport({ load: describeError(error) });
  }
}

await main();
Deno.exit(0);
