/**
 * Continuous batching: which completion is decoded in which lane, and where its prompt lives in the cache.
 *
 * The cache begins with rows for prompts, each prompt once, followed by one lane of slots for every completion under
 * way. A completion sees its prompt's rows and the filled part of its own lane, nothing else. Lanes that fall free are
 * given to waiting completions in order; a prompt's rows are kept until the last of its completions has ended.
 *
 * @module
 */
import { returnRows, type RowRange, takeRows } from "./prompt_rows.ts";

/** A prompt of which several completions are wanted. */
export interface SampleRequest {
  /** Token ids, at least one. */
  readonly prompt: readonly number[];
  /** Number of completions, at least one. */
  readonly count: number;
  /** Seed of the request's random draws; completion i uses stream i of it. */
  readonly seed: number;
}

/** What a sampler can hold. */
export interface SamplerCapacity {
  /** Completions that are decoded at once. */
  readonly lanes: number;
  /** Prompt tokens, each prompt counted once. */
  readonly promptRows: number;
}

/** A completion under way. */
export interface Assignment {
  /** Index of the request. */
  readonly request: number;
  /** Which of its completions. */
  readonly completion: number;
  /** Lane that holds its keys and values. */
  readonly lane: number;
  /** Rows of its prompt but for the prompt's last token, which the lane reads itself. */
  readonly prompt: RowRange;
}

/** Completions that begin together. */
export interface Admission {
  /** In order of the requests. */
  readonly assignments: readonly Assignment[];
  /** Requests whose prompts are not in the cache yet, and the rows they get. */
  readonly prompts: readonly { readonly request: number; readonly rows: RowRange }[];
}

/** Hands out lanes and prompt rows. */
export interface Schedule {
  /** Gives free lanes to waiting completions; nothing is admitted only if none waits or all lanes or rows are taken. */
  admit(): Admission;
  /** Takes back the lane of a completion that has ended. */
  end(assignment: Assignment): void;
}

/**
 * Opens a schedule of all requests.
 *
 * @throws {RangeError} If a request is empty or its prompt alone exceeds the capacity.
 */
export function openSchedule(
  requests: readonly SampleRequest[],
  { lanes, promptRows }: SamplerCapacity,
): Schedule {
  expectRoom(requests, promptRows);
  const freeLanes = Array.from({ length: lanes }, (_, lane) => lane);
  const waiting = requests.flatMap(({ count }, request) =>
    Array.from({ length: count }, (_, completion) => ({ request, completion }))
  ).reverse(); // the next is the last
  const left = requests.map(({ count }) => count);
  const cached = new Map<number, RowRange>();
  let freeRows: readonly RowRange[] = [[0, promptRows]];
  return {
    admit: () => {
      const assignments: Assignment[] = [];
      const prompts: { request: number; rows: RowRange }[] = [];
      for (let next = waiting.at(-1); next && freeLanes.length > 0; next = waiting.at(-1)) {
        const { request } = next;
        let prompt = cached.get(request);
        if (!prompt) {
          const taken = takeRows(freeRows, requests[request]!.prompt.length - 1);
          if (!taken) break;
          [prompt, freeRows] = taken;
          cached.set(request, prompt);
          prompts.push({ request, rows: prompt });
        }
        assignments.push({ ...next, lane: freeLanes.shift()!, prompt });
        waiting.pop();
      }
      return { assignments, prompts };
    },
    end: ({ request, lane, prompt }) => {
      freeLanes.push(lane);
      if (--left[request]! > 0) return;
      cached.delete(request);
      freeRows = returnRows(freeRows, prompt);
    },
  };
}

function expectRoom(requests: readonly SampleRequest[], promptRows: number): void {
  requests.forEach(({ prompt, count }, request) => {
    if (prompt.length === 0 || count < 1) {
      throw new RangeError(`Cannot sample request ${request}: it needs a prompt and a count`);
    }
    if (prompt.length > promptRows) {
      throw new RangeError(
        `Cannot sample a prompt of ${prompt.length} tokens: the cache holds ${promptRows}`,
      );
    }
  });
}
