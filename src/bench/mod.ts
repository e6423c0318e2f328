/**
 * Floor 5: measuring models on benches of bugs, and kernels against what the adapter can do.
 *
 * @module
 */
export * from "./analyse.ts";
export * from "./analyse_report.ts";
export * from "./assemble.ts";
export * from "./charts.ts";
export * from "./charts_svg.ts";
export * from "./compare.ts";
export * from "./contamination.ts";
export * from "./decode_cases.ts";
export * from "./estimators.ts";
export * from "./eval_report.ts";
export * from "./evaluate.ts";
export * from "./items.ts";
export * from "./kernel_timing.ts";
export * from "./kinds.ts";
export * from "./matmul_cases.ts";
export * from "./model_hash.ts";
export * from "./op_cases.ts";
export * from "./plots.ts";
export * from "./profile.ts";
export * from "./report.ts";
export * from "./reproduction/mod.ts";
export * from "./result_cache.ts";
export * from "./results_file.ts";
export * from "./run_bugs.ts";
export * from "./sample_timing.ts";
export * from "./similarity_timing.ts";
export * from "./solve.ts";
export * from "./table.ts";
export * from "./train_timing.ts";
