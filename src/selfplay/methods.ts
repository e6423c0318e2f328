/**
 * The arms of the comparison: which switches each method sets.
 *
 * All arms but `asp-paper` share gate, stabilisers and update, so that two of them differ in what their names say alone.
 *
 * @module
 */
import type { Method, RlConfig, SelfplayConfig } from "../config/mod.ts";

/** What a method switches on. */
export interface MethodSwitches {
  /** Whether any update happens. */
  readonly trains: boolean;
  /** Who breaks programs: the policy, the initial policy, generic mutations, or nobody. */
  readonly generator: "policy" | "frozen" | "mutations" | "none";
  /** Whether reference bugs are mixed into the fixer's groups. */
  readonly mixing: boolean;
  /** How nearness to the reference bugs is rewarded. */
  readonly similarity: "none" | "percentile" | "paper";
  /** Whether the references' edits are shuffled beforehand, as a control. */
  readonly shuffledReferences: boolean;
  /** Whether replay, second-order bugs, resampling, demonstrations, several prompts and the lifted penalty take part. */
  readonly stabilisers: boolean;
  /** Whether the fixer copies the reference bugs' solutions instead of being rewarded. */
  readonly supervised: boolean;
  /** Values of section `rl` that the method fixes. */
  readonly rl: Partial<RlConfig>;
}

const SELF_PLAY: MethodSwitches = {
  trains: true,
  generator: "policy",
  mixing: false,
  similarity: "none",
  shuffledReferences: false,
  stabilisers: true,
  supervised: false,
  rl: {},
};

const ASP: MethodSwitches = { ...SELF_PLAY, mixing: true, similarity: "percentile" };

/** The update of arXiv:2607.03523, section 3: both roles GRPO, equal weights, two optimiser steps a round. */
const PAPER_UPDATE: Partial<RlConfig> = {
  generatorAdvantage: "grpo",
  fixerAdvantage: "grpo",
  aggregation: "token-mean",
  generatorWeight: 0.5,
  fixerWeight: 0.5,
  miniBatches: 2,
};

/** Switches by method. */
export const METHODS: Readonly<Record<Method, MethodSwitches>> = {
  "base": { ...SELF_PLAY, trains: false, generator: "none" },
  "fixer-only": { ...SELF_PLAY, generator: "frozen", mixing: true },
  "self-play": SELF_PLAY,
  "self-play+mixing": { ...SELF_PLAY, mixing: true },
  "self-play+similarity": { ...SELF_PLAY, similarity: "percentile" },
  "asp-paper": { ...ASP, similarity: "paper", stabilisers: false, rl: PAPER_UPDATE },
  "asp": ASP,
  "placebo": { ...ASP, shuffledReferences: true },
  "ast-mutation": { ...SELF_PLAY, generator: "mutations" },
  "sft": { ...SELF_PLAY, generator: "none", supervised: true },
};

/** The section `rl` that a method is trained with. */
export function rlOf(method: Method, config: RlConfig): RlConfig {
  return { ...config, ...METHODS[method].rl };
}

/** The section `selfplay` that a method is played with: without stabilisers, their shares are 0. */
export function selfplayOf(method: Method, config: SelfplayConfig): SelfplayConfig {
  const { mixing, stabilisers } = METHODS[method];
  const mixed = { ...config, mixingShare: mixing ? config.mixingShare : 0 };
  if (stabilisers) return mixed;
  return {
    ...mixed,
    generatorPrompts: ["plain"],
    replayShare: 0,
    secondOrderShare: 0,
    resamples: 0,
    demonstrationWeight: 0,
  };
}
