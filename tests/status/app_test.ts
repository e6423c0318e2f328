import assert from "node:assert/strict";
import { statusApp } from "../../src/status/mod.ts";
import { HOSTILE, writeSyntheticRun } from "../support/synthetic_run.ts";

/** Asks an application over two synthetic runs. */
async function withApp(use: (app: ReturnType<typeof statusApp>, root: string) => Promise<void>) {
  const root = await Deno.makeTempDir();
  try {
    await writeSyntheticRun(root, "a", 12);
    await writeSyntheticRun(root, "b.2", 3);
    await Deno.mkdir(`${root}/not-a-run`);
    await use(statusApp(root), root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const json = async (app: ReturnType<typeof statusApp>, path: string) => {
  const response = await app.request(path);
  assert.equal(response.status, 200, path);
  assert.match(response.headers.get("content-type") ?? "", /^application\/json/);
  return await response.json();
};

Deno.test("/healthz answers", () =>
  withApp(async (app) => assert.deepEqual(await json(app, "/healthz"), { ok: true })));

Deno.test("/runs lists the runs, the newest first", () =>
  withApp(async (app) => {
    const runs = await json(app, "/runs");
    assert.deepEqual(runs.map((run: { id: string }) => run.id), ["b.2", "a"]);
    const { startedAt, updatedAt, ...rest } = runs[1];
    assert.ok(startedAt <= updatedAt);
    assert.deepEqual(rest, { id: "a", command: "train", finished: false, step: 11 });
  }));

Deno.test("/runs is empty where there is no folder yet", async () => {
  assert.deepEqual(await json(statusApp("/nonexistent/runs"), "/runs"), []);
});

Deno.test("/runs/:id tells what the run is, its checkpoints, evaluations and report", () =>
  withApp(async (app, root) => {
    const dir = `${root}/a`;
    for (const step of [9, 10, 2]) await Deno.mkdir(`${dir}/checkpoints/step-${step}`);
    await Deno.mkdir(`${dir}/checkpoints/step-11.tmp`);
    await Deno.writeTextFile(`${dir}/eval.jsonl`, '{"mean":0.5}\n{"mean":0.');
    await Deno.writeTextFile(`${dir}/report.json`, '{"after":{"mean":0.6}}');
    const run = await json(app, "/runs/a");
    assert.equal(run.record.config.method, "asp");
    assert.deepEqual(run.checkpoints, ["step-2", "step-9", "step-10"]);
    assert.deepEqual(run.evaluations, [{ mean: 0.5 }]);
    assert.deepEqual([run.finished, run.report], [true, { after: { mean: 0.6 } }]);
    await Deno.utime(`${dir}/report.json`, 0, 0); // steps were made since
    const again = await json(app, "/runs/a");
    assert.deepEqual([again.finished, again.report], [false, null]);
  }));

Deno.test("/runs/:id/metrics gives the lines after a step and no half line", () =>
  withApp(async (app, root) => {
    const steps = async (query: string) =>
      (await json(app, `/runs/a/metrics${query}`)).map((line: { step: number }) => line.step);
    assert.deepEqual(await steps("?after=8"), [9, 10, 11]);
    assert.equal((await steps("")).length, 12);
    assert.deepEqual(await steps("?after=11"), []);
    await Deno.writeTextFile(`${root}/a/metrics.jsonl`, '{"step":12,"ent', { append: true });
    assert.deepEqual(await steps("?after=11"), []);
    await Deno.writeTextFile(`${root}/a/metrics.jsonl`, 'ropy":1}\n', { append: true });
    assert.deepEqual(await json(app, "/runs/a/metrics?after=11"), [{ step: 12, entropy: 1 }]);
  }));

Deno.test("/runs/:id/rollouts gives the last ones, the newest first, over several files", () =>
  withApp(async (app, root) => {
    const last = await json(app, "/runs/a/rollouts?last=4");
    assert.deepEqual(
      last.map((rollout: { taskId: string }) => rollout.taskId),
      ["micro-11-2", "micro-11-1", "micro-11-0", "micro-10-2"],
    );
    await Deno.writeTextFile(`${root}/a/rollouts/00001.jsonl`, '{"taskId":"new"}\n');
    const over = await json(app, "/runs/a/rollouts?last=2");
    assert.deepEqual(over.map((rollout: { taskId: string }) => rollout.taskId), [
      "new",
      "micro-11-2",
    ]);
  }));

Deno.test("a long rollout file is read from its end only", () =>
  withApp(async (app, root) => {
    const line = (i: number) => `${JSON.stringify({ i, text: "x".repeat(1000) })}\n`;
    const lines = Array.from({ length: 3000 }, (_, i) => line(i));
    await Deno.writeTextFile(`${root}/a/rollouts/00001.jsonl`, lines.join(""));
    const last = await json(app, "/runs/a/rollouts?last=100000");
    assert.equal(last.length, 200);
    assert.deepEqual([last[0].i, last[199].i], [2999, 2800]);
  }));

Deno.test("what is no run is not found, wherever it points", () =>
  withApp(async (app, root) => {
    await Deno.writeTextFile(`${root}/config.json`, '{"command":"x","config":{}}');
    for (const id of ["c", "not-a-run", "..", "%2e%2e", "a%2f..%2fa", ".", "a%00", "%2fetc"]) {
      for (const path of [`/runs/${id}`, `/runs/${id}/metrics`, `/runs/${id}/rollouts`]) {
        const { status } = await app.request(path);
        if (new URL(path, "http://localhost").pathname.startsWith("/runs/")) {
          assert.equal(status, 404, path);
        }
      }
    }
  }));

Deno.test("nothing can be written", () =>
  withApp(async (app) => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      assert.equal((await app.request("/runs/a", { method })).status, 404, method);
    }
  }));

Deno.test("foreign host names are refused", () =>
  withApp(async (app) => {
    const ask = async (host: string) => (await app.request("/runs", { headers: { host } })).status;
    assert.deepEqual(await Promise.all(["localhost:8642", "127.0.0.1:8642", "[::1]"].map(ask)), [
      200,
      200,
      200,
    ]);
    assert.deepEqual(await Promise.all(["evil.example", "127.0.0.1.evil.example"].map(ask)), [
      403,
      403,
    ]);
  }));

Deno.test("the page loads its own files only, and no text of a run is in its markup", () =>
  withApp(async (app) => {
    const page = await app.request("/");
    const html = await page.text();
    const policy = page.headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/);
    assert.doesNotMatch(policy, /unsafe/);
    assert.doesNotMatch(html, /https?:\/\/|<script(?![^>]* src="\/assets\/)|\son\w+=/);
    assert.ok(!html.includes(HOSTILE));
    const files = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((match) => match[1]!);
    assert.ok(files.length >= 3);
    for (
      const file of [
        ...files,
        "/assets/status/page/charts.js",
        "/assets/status/page/uplot.js",
        "/assets/web/page/dom.js",
      ]
    ) {
      const asset = await app.request(file);
      assert.equal(asset.status, 200, file);
      assert.match(
        asset.headers.get("content-type") ?? "",
        /^text\/(javascript|css); charset/,
        file,
      );
      assert.equal(asset.headers.get("x-content-type-options"), "nosniff");
    }
    for (const name of ["none.js", "constructor", "__proto__"]) {
      assert.equal((await app.request(`/assets/${name}`)).status, 404, name);
    }
  }));
