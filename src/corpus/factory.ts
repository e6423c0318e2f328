/**
 * From drawn programs to tasks: mutants, inputs, outcomes, and the test cases that tell them apart.
 *
 * @module
 */
import { rngStream } from "../base/mod.ts";
import { type Encoded, mutate, type Task } from "../tasks/mod.ts";
import type { Program } from "./assemble.ts";
import type { Evaluate, Outcome } from "./evaluate.ts";
import { drawInputs, hintsOf } from "./inputs.ts";
import { differ, pinCases } from "./pin.ts";
import { splitOf } from "./split.ts";

/** A wrong version of a task's solution, with what it does on the visible cases. */
export interface Mutant {
  code: string;
  operator: string;
  outcomes: Outcome[];
}

/** A task with its wrong versions. */
export interface Made {
  task: Task;
  /** Those that fail a visible case. */
  bugs: Mutant[];
  /** Share of all distinct mutants that fail a visible or a hidden case. */
  killRate: number;
}

/** Candidate inputs and mutants drawn for each program. */
const DRAWS = { inputs: 40, mutants: 18 } as const;

/** Least share of mutants that the cases must catch. */
const LEAST_KILL_RATE = 0.8;

interface Candidate {
  program: Program;
  id: string;
  inputs: Encoded[][];
  mutants: { code: string; operator: string }[];
}

function prepare(seed: number, id: string, program: Program): Candidate {
  const rng = rngStream(seed, "task", program.code);
  const inputs = drawInputs(rng, program.params, hintsOf(program.code), DRAWS.inputs);
  const mutants = new Map<string, string>();
  for (let i = 0; i < DRAWS.mutants; i++) {
    const mutant = mutate(program.code, rng.fork("mutant", i));
    if (mutant !== undefined) mutants.set(mutant.code, mutant.operator);
  }
  return {
    program,
    id,
    inputs,
    mutants: [...mutants].map(([code, operator]) => ({ code, operator })),
  };
}

function makeTask(candidate: Candidate, visible: Task["tests"], hiddenTests: Task["tests"]): Task {
  const { program, id } = candidate;
  return {
    id,
    origin: "kedge-micro",
    license: "Apache-2.0",
    language: "js",
    entry: "f",
    problem: program.problem,
    solution: program.code,
    tests: visible,
    hiddenTests,
    family: program.family,
    skeleton: program.skeleton,
    split: splitOf(program),
    level: program.level,
  };
}

function settle(
  seed: number,
  candidate: Candidate,
  outcomes: Outcome[] | undefined,
  wrong: (Outcome[] | undefined)[],
): Made | undefined {
  if (outcomes === undefined) return undefined;
  const mutants = candidate.mutants
    .map((mutant, i) => ({ ...mutant, outcomes: wrong[i] }))
    .filter((mutant): mutant is Mutant => mutant.outcomes !== undefined);
  const rng = rngStream(seed, "pin", candidate.program.code);
  const pinned = pinCases(candidate.inputs, outcomes, mutants.map((m) => m.outcomes), rng);
  if (pinned === undefined) return undefined;
  const place = new Map(candidate.inputs.map((args, i) => [JSON.stringify(args), i]));
  const placesOf = (cases: { args: Encoded[] }[]) =>
    cases.map((c) => place.get(JSON.stringify(c.args))!);
  const [seen, unseen] = [placesOf(pinned.visible), placesOf(pinned.hidden)];
  const fails = (m: Mutant, at: number[]) => at.some((i) => differ(m.outcomes[i]!, outcomes[i]!));
  const killed = mutants.filter((m) => fails(m, seen) || fails(m, unseen));
  const killRate = killed.length / Math.max(1, mutants.length);
  if (mutants.length < 4 || killRate < LEAST_KILL_RATE) return undefined;
  const bugs = mutants
    .filter((m) => fails(m, seen))
    .map((m) => ({ ...m, outcomes: seen.map((i) => m.outcomes[i]!) }))
    .filter((m) => m.outcomes.every((o) => o.kind !== "endless"));
  const task = makeTask(
    candidate,
    { kind: "cases", cases: pinned.visible },
    { kind: "cases", cases: pinned.hidden },
  );
  return { task, bugs, killRate };
}

/**
 * Makes tasks of programs.
 *
 * @param programs By task id.
 * @param evaluate Runs the solutions and their mutants.
 * @returns Those whose cases pin them down, in the order given.
 */
export async function makeTasks(
  seed: number,
  programs: ReadonlyMap<string, Program>,
  evaluate: Evaluate,
): Promise<Made[]> {
  const candidates = [...programs].map(([id, program]) => prepare(seed, id, program));
  const batch = candidates.flatMap(({ program, inputs, mutants }) =>
    [program.code, ...mutants.map((m) => m.code)].map((code) => ({ code, inputs }))
  );
  const results = await evaluate(batch);
  const made: Made[] = [];
  let at = 0;
  for (const candidate of candidates) {
    const end = at + 1 + candidate.mutants.length;
    const task = settle(seed, candidate, results[at], results.slice(at + 1, end));
    if (task !== undefined) made.push(task);
    at = end;
  }
  return made;
}
