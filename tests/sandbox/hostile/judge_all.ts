/**
 * Judges hostile programs and keeps the time.
 *
 * @module
 */
import { Child, type ChildSpec } from "../../../src/sandbox/child.ts";
import type { Verdict } from "../../../src/sandbox/mod.ts";
import type { Hostile } from "./types.ts";

const GRACE_MS = 250;
const WORKERS = 2;

/** How programs are judged. */
export interface Judging {
  readonly spec: ChildSpec;
  readonly judge: (child: Child, item: Hostile) => Promise<Verdict>;
  /** Limit of one program, milliseconds. */
  readonly wallMs: number;
}

/** Judges each program in a child of its own; what comes too late on a busy machine gets a second chance alone. */
export async function judgeAll(
  programs: readonly Hostile[],
  { spec, judge, wallMs }: Judging,
): Promise<{ verdicts: Map<string, Verdict>; late: string[] }> {
  const verdicts = new Map<string, Verdict>();
  const queue = [...programs];
  const slow: Hostile[] = [];

  /** Judges one program and tells whether it took too long from the moment the child had it. */
  async function isLate(item: Hostile): Promise<boolean> {
    await using child = new Child(spec);
    await child.ready;
    const started = performance.now();
    verdicts.set(item.name, await judge(child, item));
    return performance.now() - started > wallMs + GRACE_MS;
  }

  async function work(): Promise<void> {
    for (let item = queue.shift(); item; item = queue.shift()) {
      if (await isLate(item)) slow.push(item);
    }
  }
  await Promise.all(Array.from({ length: WORKERS }, work));
  const late: string[] = [];
  for (const item of slow) if (await isLate(item)) late.push(item.name);
  return { verdicts, late };
}
