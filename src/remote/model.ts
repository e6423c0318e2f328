/**
 * A model behind a server: many questions under way, no more than the server wants, each asked again until it is answered.
 *
 * @module
 */
import PQueue from "p-queue";
import pRetry from "p-retry";
import { RemoteError } from "./error.ts";
import { exchange, type Question, type Server, type TextCompletion } from "./exchange.ts";

/** How a server is asked. */
export interface RemoteSettings extends Server {
  /** What the server calls the model. */
  readonly name: string;
  /** Questions under way at once. */
  readonly concurrency: number;
  /** Most questions a minute, repeated ones included; 0 is no limit. */
  readonly requestsPerMinute: number;
  /** How often a question is asked again. */
  readonly retries: number;
  /** Wait before a question is asked again, at least, milliseconds; it doubles each time and is stretched at random. */
  readonly backoffMs?: number;
}

/** A question in words; each of its `count` replies has a seed of its own. */
export interface RemoteRequest {
  readonly prompt: string;
  readonly count: number;
  readonly seed: number;
}

/** How replies are drawn. */
export interface RemoteOptions {
  readonly maxTokens: number;
  readonly temperature: number;
  readonly topP: number;
}

const BACKOFF_MS = 1000;
const MAX_BACKOFF_MS = 60_000;
/** A server that wants to be left alone for longer is given up. */
const MAX_RETRY_AFTER_MS = 10 * 60_000;
/** Seeds that every server reads as a non-negative 32-bit integer. */
const SEEDS = 2 ** 31;

/** Asks one model. */
export class RemoteModel {
  readonly #settings: RemoteSettings;
  readonly #queue: PQueue;
  #pauses = 0;

  /** Asks nothing yet. */
  constructor(settings: RemoteSettings) {
    const { concurrency, requestsPerMinute } = settings;
    this.#settings = settings;
    this.#queue = new PQueue({
      concurrency,
      ...(requestsPerMinute > 0 && { intervalCap: 1, interval: 60_000 / requestsPerMinute }),
    });
  }

  /**
   * Replies to every request, in the requests' order however the answers come.
   *
   * @throws {RemoteError} If a question stays without an answer; the others are given up.
   */
  async sample(
    requests: readonly RemoteRequest[],
    { maxTokens, temperature, topP }: RemoteOptions,
  ): Promise<TextCompletion[][]> {
    const stop = new AbortController();
    const ask = (request: RemoteRequest, reply: number): Promise<TextCompletion> =>
      this.#ask({
        model: this.#settings.name,
        messages: [{ role: "user", content: request.prompt }],
        max_tokens: maxTokens,
        temperature,
        top_p: topP,
        seed: (request.seed + reply) % SEEDS,
      }, stop.signal);
    try {
      return await Promise.all(
        requests.map((request) =>
          Promise.all(Array.from({ length: request.count }, (_, reply) => ask(request, reply)))
        ),
      );
    } catch (error) {
      stop.abort(error);
      throw error;
    }
  }

  #ask(question: Question, signal: AbortSignal): Promise<TextCompletion> {
    const { retries, backoffMs = BACKOFF_MS } = this.#settings;
    const attempt = (): Promise<TextCompletion> =>
      exchange(this.#settings, question, signal).catch((error) => {
        throw error instanceof RemoteError ? this.#heed(error, signal) : error;
      });
    return pRetry(() => this.#queue.add(attempt, { signal }), {
      retries,
      minTimeout: backoffMs,
      maxTimeout: MAX_BACKOFF_MS,
      randomize: true, // questions that failed together are not asked again together
      signal,
      shouldRetry: ({ error }) => error instanceof RemoteError && error.transient,
    });
  }

  /** Starts no question for as long as the server asks for. */
  #heed(error: RemoteError, signal: AbortSignal): RemoteError {
    const { transient, retryAfterMs } = error;
    if (!transient || retryAfterMs === 0) return error;
    if (retryAfterMs > MAX_RETRY_AFTER_MS) {
      const minutes = Math.ceil(retryAfterMs / 60_000);
      return new RemoteError(`${error.message}; it asks to wait ${minutes} min`, { cause: error });
    }
    this.#pauses++;
    this.#queue.pause();
    const resume = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", resume);
      if (--this.#pauses === 0) this.#queue.start();
    };
    const timer = setTimeout(resume, retryAfterMs);
    signal.addEventListener("abort", resume, { once: true });
    return error;
  }
}
