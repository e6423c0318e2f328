/**
 * One child process: started ahead of need, given one job, read up to a limit, killed.
 *
 * @module
 */
import { SandboxError } from "../base/mod.ts";
import { CHILD_ENTRY } from "./child_program.ts";
import type { Isolation } from "./isolation.ts";

/** How a child is started. */
export interface ChildSpec {
  readonly isolation: Isolation;
  /** Trusted program that the child runs; see child_program.ts. */
  readonly program: string;
  /** The part of the program that only some jobs need; see `sendLater`. */
  readonly later?: string;
  /** Heap limit, MiB. */
  readonly memoryMb: number;
  /** Whether the engine may use threads; they compile WebAssembly faster, and everything else slower. */
  readonly threads?: boolean;
  /** Further permission flags; none by default. */
  readonly flags?: readonly string[];
  /** Arguments of the program, after the program itself. */
  readonly args?: readonly string[];
}

/** Why a child gave no further line. */
export type ChildEnd = "exited" | "deadline" | "flood";

const DENO_FLAGS = [
  "run",
  "--quiet",
  "--no-prompt",
  "--no-config",
  "--no-lock",
  "--no-remote",
  "--no-npm",
  "--cached-only",
  "--deny-import",
  "--no-code-cache",
];

/** The whole environment of a child: no cache directory (so no storage), no GPU. */
const ENVIRONMENT = { DENO_DIR: "/dev/null", DENO_WEBGPU_BACKEND: "none" };

/** Longest start-up that is still a start-up, milliseconds. */
const BOOT_MS = 60_000;

/** Bytes asked for at first; a child that fills them gets more room. */
const READ_BYTES = 4096;

/** A running child. Disposing kills it. */
export class Child implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #later: string | undefined;
  readonly #reader: ReadableStreamBYOBReader;
  /** Taken for one read after the other: most answers are short, and a new one each time would be half of the host's work. */
  #buffer = new ArrayBuffer(READ_BYTES);
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #decoder = new TextDecoder();
  #text = "";
  #bytes = 0;
  readonly #stopped = Promise.withResolvers<{ readonly value: undefined; readonly done: true }>();
  #killed = false;
  #end: ChildEnd = "exited";
  /** Resolves when the child waits for its job; rejects if it never will. */
  readonly ready: Promise<void>;
  /** Whether the child waits for its job by now. */
  isReady = false;

  /** Starts a process. */
  constructor(spec: ChildSpec) {
    this.#later = spec.later;
    const [executable, ...layers] = spec.isolation.command;
    this.#process = new Deno.Command(executable!, {
      args: [
        ...layers,
        ...DENO_FLAGS,
        engineFlags(spec),
        ...spec.flags ?? [],
        CHILD_ENTRY,
        spec.program,
        ...spec.args ?? [],
      ],
      clearEnv: true,
      env: ENVIRONMENT,
      cwd: "/",
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#reader = this.#process.stdout.getReader({ mode: "byob" });
    this.#writer = this.#process.stdin.getWriter();
    this.#writer.closed.catch(() => {}); // a killed child breaks the pipe
    this.ready = this.#boot();
    this.ready.catch(() => {}); // reported to whoever takes the child
  }

  async #boot(): Promise<void> {
    const deadline = setTimeout(() => this.kill("deadline"), BOOT_MS);
    const line = await this.readLine(1024);
    clearTimeout(deadline);
    if (line !== '"ready"') {
      await this[Symbol.asyncDispose]();
      throw new SandboxError(
        `Cannot start a sandbox child: it ended (${this.#end}) while starting`,
      );
    }
    this.#bytes = 0;
    this.isReady = true;
  }

  /** Sends one JSON value as a line. */
  async send(value: unknown): Promise<void> {
    await this.sendLine(JSON.stringify(value));
  }

  /** Sends the part of the program that was held back, if there is one; comes right after the job's message. */
  async sendLater(): Promise<void> {
    if (this.#later !== undefined) await this.send(this.#later);
  }

  /** Sends a line. A child that no longer reads is noticed by its missing answer. */
  async sendLine(line: string): Promise<void> {
    try {
      await this.#writer.write(new TextEncoder().encode(`${line}\n`));
    } catch {
      // the pipe is broken
    }
  }

  /**
   * The next line the child writes, or `undefined` once it has ended.
   *
   * @param maxBytes Most that may be read from the child in all; at one byte more it is killed.
   */
  async readLine(maxBytes: number): Promise<string | undefined> {
    for (;;) {
      const at = this.#text.indexOf("\n");
      if (at >= 0) {
        const line = this.#text.slice(0, at);
        this.#text = this.#text.slice(at + 1);
        return line;
      }
      const { value, done } = await Promise.race([this.#read(), this.#stopped.promise]);
      if (done || !value?.length) return undefined;
      this.#bytes += value.length;
      if (this.#bytes > maxBytes) {
        this.kill("flood");
        return undefined;
      }
      this.#text += this.#decoder.decode(value, { stream: true });
      this.#buffer = value.length < value.buffer.byteLength
        ? value.buffer
        : new ArrayBuffer(2 ** 16);
    }
  }

  /** Counts what is read from here on anew, for a child that takes more than one job. */
  countAnew(): void {
    this.#bytes = 0;
  }

  async #read(): Promise<{ value?: Uint8Array<ArrayBuffer> | undefined; done: boolean }> {
    try {
      return await this.#reader.read(new Uint8Array(this.#buffer));
    } catch {
      return { done: true }; // the pipe is broken
    }
  }

  /** Kills the child at once; `why` is what {@linkcode Child.end} then tells. */
  kill(why: ChildEnd): void {
    if (this.#killed) return;
    this.#killed = true;
    this.#end = why;
    this.#stopped.resolve({ value: undefined, done: true });
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // it has ended already
    }
  }

  /** Tells why the child ended, and by which signal if it was not the host's. */
  async ended(): Promise<{ why: ChildEnd; signal: Deno.Signal | null }> {
    if (this.#killed) return { why: this.#end, signal: null };
    const { signal } = await this.#process.status;
    return { why: this.#end, signal };
  }

  /** Kills the child and waits until the system has forgotten it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#killed) this.kill("exited");
    await this.#process.status;
    await this.#reader.cancel().catch(() => {});
    await this.#writer.abort().catch(() => {});
  }
}

function engineFlags({ memoryMb, threads }: Pick<ChildSpec, "memoryMb" | "threads">): string {
  return `--v8-flags=--max-old-space-size=${memoryMb}${threads ? "" : ",--single-threaded"}`;
}

/**
 * Starts Deno on an empty program, with a child's flags, and waits for its end: the least that any child takes.
 *
 * @param command Command line that starts Deno.
 */
export async function bareStart(command: readonly string[], memoryMb: number): Promise<void> {
  const [executable, ...layers] = command;
  await new Deno.Command(executable!, {
    args: [...layers, ...DENO_FLAGS, engineFlags({ memoryMb }), "data:text/javascript,"],
    clearEnv: true,
    env: ENVIRONMENT,
    cwd: "/",
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output();
}
