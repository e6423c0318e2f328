/**
 * Floor 3: the decoder, its parameters and its checkpoints.
 *
 * @module
 */
export * from "./checkpoint.ts";
export * from "./config.ts";
export * from "./parameters.ts";
export type { TensorShape } from "./safetensors.ts";
export type { StoredDType } from "./stored_dtype.ts";
export * from "./trainer_state.ts";
