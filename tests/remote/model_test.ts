import assert from "node:assert/strict";
import { completionsUrl, RemoteModel, type RemoteSettings } from "../../src/remote/mod.ts";
import { reply, withChatServer } from "../support/chat_server.ts";

const OPTIONS = { maxTokens: 50, temperature: 0.5, topP: 1 };

function open(url: string, settings: Partial<RemoteSettings> = {}): RemoteModel {
  return new RemoteModel({
    url: completionsUrl(url),
    name: "m",
    timeoutMs: 5000,
    concurrency: 4,
    requestsPerMinute: 0,
    retries: 3,
    backoffMs: 10,
    ...settings,
  });
}

const asks = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ prompt: `p${i}`, count: 1, seed: i }));
const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));
const texts = (replies: readonly (readonly { text: string }[])[]) =>
  replies.map((some) => some.map(({ text }) => text));

Deno.test("sample() sends the protocol's question and gives replies in order, however they come", async () => {
  const answer = async (
    { messages, seed }: { messages: readonly { content: string }[]; seed: number },
  ) => {
    await sleep(seed === 7 ? 60 : 0); // the first comes last
    return reply(`${messages[0]!.content} ${seed}`, seed === 8 ? "length" : "stop");
  };
  await withChatServer(answer, async (url, received) => {
    const requests = [{ prompt: "a", count: 2, seed: 7 }, {
      prompt: "b",
      count: 1,
      seed: 2 ** 32 - 1,
    }];
    const replies = await open(url, { key: "secret" }).sample(requests, OPTIONS);
    assert.deepEqual(replies, [
      [{ text: "a 7", finished: true }, { text: "a 8", finished: false }],
      [{ text: `b ${2 ** 31 - 1}`, finished: true }],
    ]);
    const { question, headers, path } = received[0]!;
    assert.deepEqual(question, {
      model: "m",
      messages: [{ role: "user", content: "a" }],
      max_tokens: 50,
      temperature: 0.5,
      top_p: 1,
      seed: 7,
    });
    assert.deepEqual([path, headers.get("authorization")], [
      "/v1/chat/completions",
      "Bearer secret",
    ]);
  });
});

Deno.test("sample() asks again after every way in which a server can fail for a while", async () => {
  const failures = [
    () => new Response("try later", { status: 429 }),
    () => new Response("<html>broken</html>", { status: 500 }),
    () => new Response("", { status: 503, headers: { "retry-after": "0" } }),
    () => new Response("{}"),
    () => new Response('{"choices": [{"message": {"content": "cut o'),
    () => new Response("no JSON"),
    async () => (await sleep(800), reply("too late")),
  ];
  await withChatServer(
    ({ seed }, before) => before < 2 ? failures[seed]!() : reply(`good ${seed}`),
    async (url, received) => {
      const replies = await open(url, { timeoutMs: 400, concurrency: 8 }).sample(
        asks(failures.length),
        OPTIONS,
      );
      assert.deepEqual(texts(replies), failures.map((_, seed) => [`good ${seed}`]));
      assert.ok(received.length >= 3 * failures.length);
    },
  );
});

Deno.test("sample() asks again where a connection ends in the middle of an answer", async () => {
  const body = JSON.stringify({ choices: [{ message: { content: "whole" } }] });
  const head = `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n`;
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for (const sent of [head + body.slice(0, 9), head + body]) {
      using connection = await listener.accept();
      await connection.read(new Uint8Array(4096));
      await connection.write(new TextEncoder().encode(sent));
    }
  })();
  const replies = await open(`http://127.0.0.1:${listener.addr.port}`).sample(asks(1), OPTIONS);
  assert.deepEqual(texts(replies), [["whole"]]);
  await serving;
});

Deno.test("sample() waits as long as the server asks for, with every question", async () => {
  const answer = ({ seed }: { seed: number }, before: number) =>
    seed === 0 && before === 0
      ? new Response("", { status: 429, headers: { "retry-after": "0.4" } })
      : reply("x");
  await withChatServer(answer, async (url, received) => {
    await open(url, { concurrency: 1 }).sample(asks(3), OPTIONS);
    const later = received.slice(1).map(({ atMs }) => atMs - received[0]!.atMs);
    assert.equal(later.length, 3);
    assert.ok(Math.min(...later) >= 399, String(later));
  });
  const hour = () => new Response("", { status: 429, headers: { "retry-after": "3600" } });
  await withChatServer(
    hour,
    (url) =>
      assert.rejects(
        open(url).sample(asks(1), OPTIONS),
        /status 429: nothing; it asks to wait 60 min$/,
      ),
  );
});

Deno.test("sample() waits longer each time it asks again", async () => {
  await withChatServer(() => new Response("", { status: 500 }), async (url, received) => {
    const model = open(url, { backoffMs: 40, retries: 3 });
    await assert.rejects(
      model.sample(asks(1), OPTIONS),
      /RemoteError: .*found status 500: nothing$/,
    );
    const gaps = received.slice(1).map(({ atMs }, i) => atMs - received[i]!.atMs);
    assert.deepEqual(
      gaps.map((gap, i) => gap >= 40 * 2 ** i - 1),
      [true, true, true],
      String(gaps),
    );
  });
});

Deno.test("sample() keeps to the bounds on questions under way and a minute", async () => {
  let waiting: (() => void)[] = [];
  const answerByThrees = async () => {
    await new Promise<void>((done) => {
      waiting.push(done);
      if (waiting.length < 3) return;
      for (const release of waiting) release();
      waiting = [];
    });
    return reply("x");
  };
  await withChatServer(answerByThrees, async (url, received) => {
    await open(url, { concurrency: 3 }).sample(asks(12), OPTIONS);
    assert.equal(Math.max(...received.map(({ underWay }) => underWay)), 3);
  });
  await withChatServer(() => reply("x"), async (url) => {
    const startMs = performance.now();
    await open(url, { requestsPerMinute: 600 }).sample(asks(4), OPTIONS); // one in 100 ms
    const tookMs = performance.now() - startMs;
    assert.ok(tookMs >= 299, String(tookMs)); // timers may be a millisecond early
  });
});

Deno.test("sample() gives up at once, in one line, where asking again cannot help", async () => {
  const cases: [Response, RegExp][] = [
    [
      new Response('{"error":\n  "no such key"}', { status: 401 }),
      /found status 401: .*no such key/,
    ],
    [Response.redirect("http://127.0.0.1:9/", 307), /found status 307/],
    [new Response("x".repeat(17 * 2 ** 20)), /expected an answer of at most 16777216 bytes/],
  ];
  for (const [response, message] of cases) {
    await withChatServer(() => response.clone(), async (url, received) => {
      const asking = open(url, { concurrency: 1 }).sample(asks(5), OPTIONS);
      const error = await asking.then(() => undefined, (error) => error);
      assert.deepEqual([error.name, error.exitCode], ["RemoteError", 2]);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /\n/);
      assert.ok(error.message.length < 350);
      assert.equal(received.length, 1);
    });
  }
  const nobody = open("http://127.0.0.1:1", { retries: 1 }).sample(asks(1), OPTIONS);
  await assert.rejects(
    nobody,
    /RemoteError: Cannot ask http:\/\/127\.0\.0\.1:1\/v1\/chat\/completions/,
  );
});

Deno.test("completionsUrl() takes a server's address in any of its forms", () => {
  const full = "http://h:8000/v1/chat/completions";
  for (const url of ["http://h:8000", "http://h:8000/", "http://h:8000/v1", `${full}/`, full]) {
    assert.equal(completionsUrl(url), full);
  }
  assert.equal(completionsUrl("https://h/api/v3/"), "https://h/api/v3/chat/completions");
  for (const url of ["h:8000", "ftp://h", "", "http://h/?a=1"]) {
    assert.throws(
      () => completionsUrl(url),
      /ConfigError: Cannot use model\.url: expected an address/,
    );
  }
  assert.throws(() => completionsUrl("http://a:b@h"), /expected no password/);
});
