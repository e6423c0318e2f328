/**
 * A stand-in for a server of chat completions that answers as a test says: well, badly, late or not at all.
 *
 * @module
 */

/** What the server is asked. */
export interface Asked {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly "max_tokens": number;
  readonly temperature: number;
  readonly seed: number;
}

/** How a question came in. */
export interface Received {
  readonly question: Asked;
  readonly headers: Headers;
  readonly path: string;
  /** When it came, milliseconds since the server's start. */
  readonly atMs: number;
  /** Questions under way with it, itself included. */
  readonly underWay: number;
}

/** A well-formed answer. */
export function reply(content: string, finishReason = "stop"): Response {
  const message = { role: "assistant", content };
  return Response.json({
    object: "chat.completion",
    choices: [{ index: 0, message, finish_reason: finishReason }],
  });
}

/**
 * Serves on a free port of the loopback while `use` runs.
 *
 * @param answer Is given the question and how often the same prompt and seed was asked before.
 */
export async function withChatServer(
  answer: (question: Asked, before: number) => Response | Promise<Response>,
  use: (url: string, received: readonly Received[]) => Promise<void>,
): Promise<void> {
  const received: Received[] = [];
  const start = performance.now();
  let underWay = 0;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      underWay++;
      try {
        const question: Asked = await request.json();
        const same = ({ question: { messages, seed } }: Received) =>
          seed === question.seed && messages[0]!.content === question.messages[0]!.content;
        const before = received.filter(same).length;
        const { headers } = request;
        const path = new URL(request.url).pathname;
        received.push({ question, headers, path, atMs: performance.now() - start, underWay });
        return await answer(question, before);
      } finally {
        underWay--;
      }
    },
  );
  try {
    await use(`http://127.0.0.1:${server.addr.port}`, received);
  } finally {
    await server.shutdown();
  }
}
