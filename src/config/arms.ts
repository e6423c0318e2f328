/**
 * The arms of a reproduction: the methods, and ablations of `asp` that change one setting each.
 *
 * @module
 */
import { z } from "zod";
import { parseSources } from "./read.ts";
import { Method } from "./selfplay.ts";
import { TrainConfig } from "./train.ts";

/** What an arm is trained with. */
export interface Arm {
  readonly method: Method;
  /** Settings that differ from the other arms'. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

const selfplay = (method: Method, values: object): Arm => ({
  method,
  settings: { selfplay: values },
});

/** Ablations by name. */
export const ABLATIONS = {
  "asp-pool-10": selfplay("asp", { poolSize: 10 }),
  "asp-pool-50": selfplay("asp", { poolSize: 50 }),
  "asp-pool-200": selfplay("asp", { poolSize: 200 }),
  "asp-k-1": selfplay("asp", { neighbours: 1 }),
  "asp-k-5": selfplay("asp", { neighbours: 5 }),
  "asp-k-10": selfplay("asp", { neighbours: 10 }),
  "asp-k-20": selfplay("asp", { neighbours: 20 }),
  "asp-edit-ngrams": selfplay("asp", { embedder: "edit-ngrams" }),
  "asp-mixed-generator": selfplay("asp", { mixedGenerator: true }),
} as const satisfies Readonly<Record<string, Arm>>;

/** Name of an arm: a method or an ablation. */
export const ArmName = z.enum([
  ...Method.options,
  ...Object.keys(ABLATIONS) as (keyof typeof ABLATIONS)[],
]);
/** Name of an arm: a method or an ablation. */
export type ArmName = z.output<typeof ArmName>;

/** What an arm of that name is. */
export function armOf(name: ArmName): Arm {
  const ablation: Arm | undefined = Object.hasOwn(ABLATIONS, name)
    ? ABLATIONS[name as keyof typeof ABLATIONS]
    : undefined;
  return ablation ?? { method: Method.parse(name) };
}

/** The configuration of an arm: what all arms share, the arm's settings laid over it. */
export function armConfig(shared: object, name: ArmName, seed: number): TrainConfig {
  const { method, settings = {} } = armOf(name);
  const sources = [shared, settings, { method, seed }];
  return parseSources(
    TrainConfig,
    sources.map((values) => ({ file: "", values: values as Record<string, unknown> })),
  );
}
