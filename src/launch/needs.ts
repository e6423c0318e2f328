/**
 * What a task needs of the machine: which permission set of `deno.json`, and whether a graphics driver.
 *
 * @module
 */
import { settingOf } from "./permissions.ts";

/** Tasks that need only permissions. */
const NO_GPU: ReadonlySet<string> = new Set([
  "assemble",
  "corpus",
  "docs",
  "import",
  "judge",
  "serve",
  "train-tokenizer",
]);

/** What a task needs. */
export interface Needs {
  /** Name of its permission set; where there is none of that name, the one of `train` counts. */
  readonly permissions: string;
  /** Whether it runs kernels. */
  readonly gpu: boolean;
}

/**
 * What a task needs as it is called: the page of `collect` and models behind a URL run no kernels.
 *
 * @param configs Contents of the configuration files that the command line names.
 */
export function needsOf(
  task: string,
  args: readonly string[],
  configs: readonly unknown[],
): Needs {
  if (task === "collect" && settingOf("source", args, configs) === "human") {
    return { permissions: "collect-human", gpu: false };
  }
  const helps = args.includes("--help") || args.includes("-h");
  const remote = settingOf("model.url", args, configs) !== "" &&
    settingOf("against", args, configs) === "";
  return { permissions: task, gpu: !NO_GPU.has(task) && !helps && !remote };
}
