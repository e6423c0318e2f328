/**
 * Floor 2: one file per kernel. An op validates shapes, picks the grid and encodes; it never allocates, submits or
 * reads back. Only this folder imports `kernels/`.
 *
 * @module
 */
export * from "./adamw.ts";
export * from "./add.ts";
export * from "./attention.ts";
export { cachesImages } from "./attention_decode.ts";
export type { AttentionInput, AttentionSaved } from "./attention_sizes.ts";
export * from "./bias.ts";
export * from "./decode_state.ts";
export * from "./embedding.ts";
export { feedForwardImage } from "./feed_forward_image.ts";
export * from "./fma_chains.ts";
export * from "./gated_linear.ts";
export * from "./gather_rows.ts";
export * from "./global_norm.ts";
export { headsImage, stacksHeads } from "./heads_image.ts";
export * from "./kv_store.ts";
export { readsImages } from "./linear_image.ts";
export * from "./logprob.ts";
export * from "./matmul.ts";
export * from "./matmul_tuning.ts";
export * from "./pack_half.ts";
export * from "./place_columns.ts";
export * from "./policy_loss.ts";
export * from "./pool.ts";
export * from "./rmsnorm.ts";
export * from "./rope.ts";
export * from "./sample.ts";
export * from "./similarity.ts";
export * from "./swiglu.ts";
