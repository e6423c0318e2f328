/**
 * The page where people write bugs: they see a task, edit a program, run the tests, and save what fails them.
 *
 * Hidden tests and whatever else a task holds stay on the server; only what is shown leaves it.
 *
 * @module
 */
import type { Context, Hono } from "hono";
import { z } from "zod";
import { formatCall, formatValue } from "../sandbox/mod.ts";
import type { Task } from "../tasks/mod.ts";
import { localApp, ownPagesOnly } from "../web/mod.ts";
import { collectPage } from "./assets.ts";
import type { CollectItem } from "./items.ts";
import { Workbench, type WorkbenchTools } from "./workbench.ts";

const MAX_BODY_BYTES = 256 * 1024;

const RunRequest = z.strictObject({ code: z.string() });

const SaveRequest = z.strictObject({
  code: z.string(),
  author: z.string().trim().min(1, "expected a name").max(80, "expected a shorter name")
    .regex(/^\P{Cc}*$/u, "expected a name in one line"),
});

/** Makes the application. */
export function collectApp(items: readonly CollectItem[], tools: WorkbenchTools): Hono {
  const tasks = new Map(items.map(({ task }) => [task.id, task]));
  const workbench = new Workbench(tools, tasks);
  const app = localApp(collectPage);
  app.get("/items", (c) => c.json(items.map((item) => summarize(item, workbench))));
  app.get("/items/:index", (c) => {
    const item = itemOf(c, items);
    return item ? c.json({ ...summarize(item, workbench), ...shown(item) }) : c.notFound();
  });
  app.use("/items/:index/:action", ...ownPagesOnly(MAX_BODY_BYTES));
  app.post("/items/:index/run", async (c) => {
    const item = itemOf(c, items);
    if (!item) return c.notFound();
    const { error, data } = await readBody(c, RunRequest);
    return data ? c.json(await workbench.run(item, data.code)) : c.json({ error }, 400);
  });
  app.post("/items/:index/save", async (c) => {
    const item = itemOf(c, items);
    if (!item) return c.notFound();
    const { error, data } = await readBody(c, SaveRequest);
    if (!data) return c.json({ error }, 400);
    const report = await workbench.save(item, data.code, data.author);
    return c.json(report.ok ? { ok: true, id: report.bug.id } : report);
  });
  return app;
}

function itemOf(c: Context, items: readonly CollectItem[]): CollectItem | undefined {
  const index = c.req.param("index") ?? "";
  return /^\d{1,9}$/.test(index) ? items[Number(index)] : undefined;
}

async function readBody<T>(
  c: Context,
  schema: z.ZodType<T>,
): Promise<{ data?: T; error?: string }> {
  const body: unknown = await c.req.json().catch(() => undefined);
  const { data, error } = schema.safeParse(body);
  if (!error) return { data };
  const issue = error.issues[0]!;
  return { error: `${issue.path.join(".") || "body"}: ${issue.message}` };
}

/** What the list tells of an item. */
function summarize(item: CollectItem, workbench: Workbench): object {
  const { id, source, draftSource = null } = item;
  return { id, source, draftSource, saved: workbench.savedOf(item).length };
}

/** What a person sees of an item. */
function shown({ task, draft }: CollectItem): object {
  const { id, language, entry, problem, prelude = "" } = task;
  return { taskId: id, language, entry, problem, prelude, draft, tests: shownTests(task) };
}

function shownTests({ entry, tests }: Task): object {
  if (tests.kind !== "cases") return tests;
  const cases = tests.cases.map(({ args, expected }) => ({
    call: formatCall(entry, args),
    expected: formatValue(expected),
  }));
  return { kind: "cases", cases };
}
