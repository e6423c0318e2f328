/**
 * Writes a run directory that looks like training and holds hostile texts: `synthetic_run.ts ROOT NAME STEPS`.
 *
 * @module
 */
import { type Json, rngStream } from "../../src/base/mod.ts";
import { RunConfig } from "../../src/config/mod.ts";
import { openRun } from "../../src/run/mod.ts";

/** A text that would run if it were taken for markup. */
export const HOSTILE =
  `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;

const SOURCES = ["human", "human-edited-lm", "lm:weak", "lm:strong"];

/** Writes a run of some steps. */
export async function writeSyntheticRun(root: string, name: string, steps: number): Promise<void> {
  const config = { method: "asp", seed: 1, note: HOSTILE, run: { name } };
  await using run = await openRun(RunConfig.parse({ root, name }), {
    command: "train",
    config,
    seed: 1,
    adapter: `llvmpipe ${HOSTILE}`,
  });
  for (let step = 0; step < steps; step++) {
    await run.record(step, metricsOf(step));
    await run.rollout(...[0, 1, 2].map((item) => rolloutOf(step, item)));
  }
}

/** A step's metrics under the names that training uses. */
function metricsOf(step: number): Record<string, Json> {
  const rng = rngStream(1, step);
  const rise = 1 - Math.exp(-step / 30);
  const near = (value: number, spread = 0.05) => value + spread * rng.normal();
  const rates = SOURCES.map((source, i) =>
    [`eval.${source}`, Math.max(0, near(0.3 - 0.05 * i + 0.3 * rise, 0.01))] as const
  );
  const mean = rates.reduce((sum, [, rate]) => sum + rate, 0) / rates.length;
  return {
    ...(step % 5 === 0 ? { ...Object.fromEntries(rates), "eval.mean": mean } : {}),
    "generator.reward.mean": near(-0.4 + 0.5 * rise),
    "generator.reward.std": near(0.5, 0.03),
    "generator.validRate": Math.min(1, near(0.6 + 0.25 * rise)),
    "fixer.reward.mean": near(0.35 + 0.15 * rise),
    "generator.invalid.same": 2 + rng.int(4),
    "generator.invalid.passes": 1 + rng.int(5),
    "rho.histogram": { "0.00": 6 + rng.int(4), "0.50": 3 + rng.int(3), "1.00": 5, "0.25": 4 },
    "operators": { "off-by-one-bound": 4, [HOSTILE]: 2, "wrong-variable": 1 + rng.int(6) },
    "fixer.sampledTokens": 4000 + rng.int(500),
    zeroVarianceShare: near(0.4 - 0.1 * rise, 0.03),
    entropy: near(0.9 - 0.3 * rise, 0.02),
    clipFraction: Math.abs(near(0.02, 0.01)),
    "ratio.max": 1 + Math.abs(near(0.2)),
    gradNorm: Math.abs(near(0.7, 0.1)),
    "length.mean": near(64, 3),
    truncatedShare: Math.abs(near(0.01, 0.01)),
    "similarity.mean": near(0.55 + 0.1 * rise, 0.01),
    operatorEntropy: near(2.4, 0.05),
    "editSize.mean": near(1.8, 0.1),
    tokensPerSecond: near(1900, 60),
    "seconds.generate": near(2.1, 0.1),
    "seconds.repair": near(4.2, 0.2),
    "seconds.update": near(3.3, 0.2),
  };
}

function rolloutOf(step: number, item: number): object {
  return {
    step,
    role: item === 0 ? "generator" : "fixer",
    taskId: `micro-${step}-${item}`,
    prompt: "<|fix|>Return the sum of the even numbers.\n<|code|>function f(xs) {\n  let s = 0;\n" +
      "  for (const x of xs) if (x % 2) s += x;\n  return s;\n}<|test|>f([1, 2]): expected 2, found 1",
    completion: item === 2 ? HOSTILE : "function f(xs) {\n  let s = 0;\n" +
      "  for (const x of xs) if (x % 2 === 0) s += x;\n  return s;\n}",
    origin: item === 0 ? "hints" : "generated",
    outcome: item === 2 ? HOSTILE.slice(0, 50) : item === 1 ? "passed" : "valid",
    reward: item === 2 ? -1 : item === 1 ? 1 : -0.2,
  };
}

if (import.meta.main) {
  const [root = "runs", name = "synthetic", steps = "80"] = Deno.args;
  await writeSyntheticRun(root, name, Number(steps));
}
