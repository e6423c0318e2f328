/**
 * Every configuration schema, and reading, help and documentation computed from it.
 *
 * Other folders of `src/` import types from here; only `workflows/` and tests import values.
 *
 * @module
 */
export * from "./arms.ts";
export * from "./assemble.ts";
export * from "./analyse.ts";
export * from "./bench_kernels.ts";
export * from "./bench_sample.ts";
export * from "./bench_sandbox.ts";
export * from "./bench_similarity.ts";
export * from "./bench_train.ts";
export * from "./batch.ts";
export * from "./collect.ts";
export * from "./corpus.ts";
export * from "./docs.ts";
export * from "./embed.ts";
export * from "./eval.ts";
export * from "./experiment.ts";
export * from "./flags.ts";
export * from "./generate.ts";
export * from "./gpu.ts";
export * from "./help.ts";
export * from "./import.ts";
export * from "./issues.ts";
export * from "./judge.ts";
export * from "./model.ts";
export * from "./optim.ts";
export * from "./pretrain.ts";
export * from "./read.ts";
export * from "./reproduce.ts";
export * from "./rl.ts";
export * from "./run.ts";
export * from "./sandbox.ts";
export * from "./score.ts";
export * from "./selfplay.ts";
export * from "./status.ts";
export * from "./tokenizer.ts";
export * from "./train.ts";
