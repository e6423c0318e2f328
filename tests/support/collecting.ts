/**
 * The collecting page over the small tasks, with a real sandbox and bugs kept in memory.
 *
 * @module
 */
import { collectApp, type CollectItem, collectItems } from "../../src/collect/mod.ts";
import { SandboxConfig } from "../../src/config/mod.ts";
import { Sandbox } from "../../src/sandbox/mod.ts";
import { type Bug, runIn } from "../../src/tasks/mod.ts";
import { smallBugs, smallTasks } from "./small_bugs.ts";

/** What a test of the page works with. */
export interface Collecting {
  readonly app: ReturnType<typeof collectApp>;
  readonly items: readonly CollectItem[];
  /** Everything that was saved, in order. */
  readonly bugs: readonly Bug[];
}

/** Opens the page's application; `saved` are bugs of an earlier session. */
export async function withCollecting(
  use: (collecting: Collecting) => Promise<void>,
  saved: readonly Bug[] = [],
): Promise<void> {
  await using sandbox = await Sandbox.open(SandboxConfig.parse({ children: 1 }), () => {});
  const drafts = smallBugs().filter(({ source }) => source === "lm:weak");
  const items = collectItems(smallTasks(), drafts);
  const bugs: Bug[] = [];
  const append = (bug: Bug) => Promise.resolve(void bugs.push(bug));
  const app = collectApp(items, { run: runIn(sandbox), wallMs: 1000, saved, append });
  await use({ app, items, bugs });
}
