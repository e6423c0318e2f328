/**
 * Floor 5: anchored self-play. One policy breaks programs and repairs them.
 *
 * @module
 */
export * from "./anchor.ts";
export * from "./archive.ts";
export * from "./method_anchor.ts";
export * from "./methods.ts";
export * from "./metrics.ts";
export * from "./paper_shaping.ts";
export { gateProposals, type Proposal, proposeBugs } from "./propose.ts";
export * from "./references.ts";
export * from "./rewards/mod.ts";
export * from "./rollouts.ts";
export * from "./round.ts";
export * from "./types.ts";
