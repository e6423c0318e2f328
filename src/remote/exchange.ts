/**
 * One question and its answer, in the protocol of OpenAI's chat completions that vLLM, SGLang, llama.cpp and Ollama speak.
 *
 * @module
 */
import { z } from "zod";
import { RemoteError } from "./error.ts";

/** A reply in words. */
export interface TextCompletion {
  /** The reply. */
  readonly text: string;
  /** Whether it came to its own end, and was not cut at the limit. */
  readonly finished: boolean;
}

/** What is sent. */
export interface Question {
  readonly model: string;
  readonly messages: readonly { readonly role: "user"; readonly content: string }[];
  readonly "max_tokens": number;
  readonly temperature: number;
  readonly "top_p": number;
  readonly seed: number;
}

/** Where it is sent, and how long an answer may take. */
export interface Server {
  /** Address of chat completions. */
  readonly url: string;
  readonly key?: string | undefined;
  /** Time for one answer, milliseconds. */
  readonly timeoutMs: number;
}

const MAX_BYTES = 16 * 2 ** 20;
const MAX_SHOWN = 200;

/** Statuses after which the same question may be answered later. */
const TRANSIENT: ReadonlySet<number> = new Set([408, 409, 425, 429, 500, 502, 503, 504, 529]);

const Answer = z.object({
  choices: z.array(z.object({
    message: z.object({ content: z.string().nullish() }),
    finish_reason: z.string().nullish(),
  })).min(1),
});

/**
 * Asks once.
 *
 * @throws {RemoteError} If no answer comes; `transient` says whether asking again may help.
 */
export async function exchange(
  { url, key, timeoutMs }: Server,
  question: Question,
  signal: AbortSignal,
): Promise<TextCompletion> {
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify(question),
      redirect: "manual", // the key goes to no other server
      signal: AbortSignal.any([deadline, signal]),
    });
    const text = await readText(response, url);
    if (!response.ok) throw refusal(response, text, url);
    return readAnswer(text, url);
  } catch (error) {
    if (error instanceof RemoteError || error instanceof Deno.errors.NotCapable) throw error;
    signal.throwIfAborted();
    const found = deadline.aborted
      ? `none within ${timeoutMs / 1000} s`
      : error instanceof Error
      ? error.message
      : String(error);
    throw new RemoteError(`Cannot ask ${url}: expected an answer, found ${oneLine(found)}`, {
      cause: error,
      transient: true,
    });
  }
}

async function readText(response: Response, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) {
      throw new RemoteError(`Cannot ask ${url}: expected an answer of at most ${MAX_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return await new Blob(chunks as BlobPart[]).text();
}

function readAnswer(text: string, url: string): TextCompletion {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const { data } = Answer.safeParse(value);
  if (!data) {
    const message = `Cannot ask ${url}: expected a chat completion, found ${oneLine(text)}`;
    throw new RemoteError(message, { transient: true });
  }
  const { message, finish_reason: reason } = data.choices[0]!;
  return { text: message.content ?? "", finished: reason !== "length" };
}

function refusal(response: Response, text: string, url: string): RemoteError {
  const { status } = response;
  return new RemoteError(
    `Cannot ask ${url}: expected an answer, found status ${status}: ${oneLine(text)}`,
    { transient: TRANSIENT.has(status), retryAfterMs: retryAfterMs(response.headers) },
  );
}

/** What `Retry-After` asks for, in seconds or as a date (RFC 9110, section 10.2.3); 0 if it says nothing. */
function retryAfterMs(headers: Headers): number {
  const value = headers.get("retry-after")?.trim() ?? "";
  const ms = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  if (line === "") return "nothing";
  return line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}…` : line;
}
