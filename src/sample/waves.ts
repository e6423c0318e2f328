/**
 * Waves: which requests are sampled together, and where their keys and values live in the cache.
 *
 * The cache of a wave begins with the rows of its prompts, each prompt once, followed by one lane of `maxTokens` slots
 * for every completion. A completion sees its prompt's rows and the filled part of its own lane, nothing else.
 *
 * @module
 */

/** A prompt of which several completions are wanted. */
export interface SampleRequest {
  /** Token ids, at least one. */
  readonly prompt: readonly number[];
  /** Number of completions, at least one. */
  readonly count: number;
  /** Seed of the request's random draws; completion i uses stream i of it. */
  readonly seed: number;
}

/** What one wave can hold. */
export interface WaveCapacity {
  /** Completions that are decoded at once. */
  readonly lanes: number;
  /** Prompt tokens, each prompt counted once. */
  readonly promptRows: number;
}

/** Part of a request: completions `[first, first + count)` of it. */
export interface WavePart {
  /** Index of the request. */
  readonly request: number;
  /** First completion of the request in this wave. */
  readonly first: number;
  /** Number of its completions in this wave. */
  readonly count: number;
}

/** Requests that are sampled together. */
export type Wave = readonly WavePart[];

/**
 * Fills waves in order of the requests; a request with more completions than lanes left is continued in the next.
 *
 * @throws {RangeError} If a request is empty or its prompt alone exceeds the capacity.
 */
export function planWaves(requests: readonly SampleRequest[], capacity: WaveCapacity): Wave[] {
  const waves: WavePart[][] = [];
  let free = { lanes: 0, rows: 0 };
  requests.forEach(({ prompt, count }, request) => {
    if (prompt.length === 0 || count < 1) {
      throw new RangeError(`Cannot sample request ${request}: it needs a prompt and a count`);
    }
    if (prompt.length > capacity.promptRows) {
      throw new RangeError(
        `Cannot sample a prompt of ${prompt.length} tokens: a wave holds ${capacity.promptRows}`,
      );
    }
    for (let first = 0; first < count;) {
      if (free.lanes === 0 || free.rows < prompt.length) {
        waves.push([]);
        free = { lanes: capacity.lanes, rows: capacity.promptRows };
      }
      const part = { request, first, count: Math.min(count - first, free.lanes) };
      waves.at(-1)!.push(part);
      free.lanes -= part.count;
      free.rows -= prompt.length;
      first += part.count;
    }
  });
  return waves;
}
