/**
 * Trains a small model from scratch on next tokens of prompts that solve, break and fix programs.
 *
 * Reads the examples of the corpus command; writes checkpoints and `metrics.jsonl` under `runs/<name>/` and continues
 * from the newest checkpoint found there. The last checkpoint is a Hugging Face model directory.
 *
 *   deno task pretrain --run.name micro --steps 800
 *
 * @module
 */
import { rngStream } from "../src/base/mod.ts";
import { PretrainConfig, readConfig } from "../src/config/mod.ts";
import { cosineRate } from "../src/optim/mod.ts";
import {
  drawExamples,
  levelAt,
  openPretraining,
  poolExamples,
  pretrainStep,
  readExamples,
  validate,
} from "../src/pretrain/mod.ts";
import { microPrompts } from "../src/prompts/mod.ts";
import { openRun, Progress, runMain, writeResult } from "../src/run/mod.ts";
import { openConfiguredGpu, tuneGpu } from "../src/session/mod.ts";
import { readTokenizer } from "../src/text/mod.ts";

/** Trains to `config.steps`. */
export async function main(args: readonly string[]): Promise<void> {
  const { config, json } = await readConfig(PretrainConfig, args);
  const { seed, steps, optim } = config;
  const tokenizer = await readTokenizer(`${config.tokenizer}/tokenizer.json`);
  const prompts = microPrompts(tokenizer);
  const examples = await readExamples(config.examples, prompts, config.maxTokens);
  const pools = poolExamples(examples, config.shares);
  const held = (await readExamples(config.validation, prompts, config.maxTokens))
    .slice(0, config.validationExamples);

  using gpu = await openConfiguredGpu(config.gpu);
  const identity = { command: "pretrain", config, seed, adapter: gpu.adapter.name };
  await using run = await openRun(config.run, identity);
  using session = await openPretraining(gpu, config, { tokenizer, path: run.checkpointPath });
  const { learner } = session;
  await tuneGpu(gpu, config.gpu, learner.model.config, { training: [config.microRows] });
  using progress = new Progress(steps);

  const schedule = { ...optim, peak: optim.rate, steps };
  let last = run.state["last"] as Record<string, number> | undefined ?? {};
  for (let step = run.nextStep; step < steps; step++) {
    const startMs = performance.now();
    const level = levelAt(step / steps, config.curriculum);
    const rng = rngStream(seed, "pretrain", step);
    const drawn = drawExamples(pools, { count: config.batch, level }, rng);
    const rate = cosineRate(schedule, step);
    const losses = await pretrainStep(learner, drawn, { ...config, rate });
    const seconds = (performance.now() - startMs) / 1000;
    const done = step + 1 === steps;
    const checked = done || (step + 1) % config.validateEvery === 0;
    const validation = checked ? (await validate(learner, held)).answer : undefined;
    const tokensPerSecond = losses.tokens / seconds;
    last = { ...last, loss: losses.answer, ...(validation !== undefined && { validation }) };
    await run.record(step, {
      loss: losses.answer,
      promptLoss: losses.prompt,
      gradNorm: losses.gradNorm,
      rate,
      level,
      tokens: losses.tokens,
      tokensPerSecond,
      ...(validation !== undefined && { validationLoss: validation }),
    });
    progress.update({ step: step + 1, phase: `loss ${losses.answer.toFixed(3)}`, tokensPerSecond });
    if (done || (step + 1) % config.checkpointEvery === 0) {
      run.state = { ...run.state, last };
      await run.checkpoint(step, (dir) => session.save(dir));
    }
  }
  const { loss = NaN, validation = NaN } = last;
  const value = { run: run.path, steps, loss, validationLoss: validation };
  const text = `${run.path}: loss ${loss.toFixed(3)}, validation ${validation.toFixed(3)}`;
  writeResult({ value, text }, json);
}

if (import.meta.main) await runMain(main);
