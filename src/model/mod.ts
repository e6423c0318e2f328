/**
 * Floor 3: the decoder, its parameters and its checkpoints.
 *
 * @module
 */
export * from "./activations.ts";
export * from "./backward.ts";
export * from "./batch.ts";
export * from "./checkpoint.ts";
export * from "./config.ts";
export * from "./decode.ts";
export * from "./end_tokens.ts";
export * from "./forward.ts";
export * from "./head.ts";
export * from "./load.ts";
export * from "./model.ts";
export * from "./packing.ts";
export * from "./parameters.ts";
export * from "./score.ts";
export type { TensorShape } from "./safetensors.ts";
export type { StoredDType } from "./stored_dtype.ts";
export * from "./trainer_state.ts";
export * from "./tuning.ts";
export * from "./weight_images.ts";
export * from "./weights.ts";
