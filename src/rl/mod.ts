/**
 * Floor 4: episodes, advantages, losses, and how a round becomes an update.
 *
 * @module
 */
export * from "./advantages/mod.ts";
export * from "./assemble.ts";
export * from "./episodes.ts";
export * from "./learner.ts";
export * from "./learner_state.ts";
export * from "./losses/mod.ts";
export * from "./off_policy.ts";
export * from "./update.ts";
export * from "./weights.ts";
