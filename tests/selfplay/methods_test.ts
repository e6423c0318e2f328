import assert from "node:assert/strict";
import { RlConfig } from "../../src/config/rl.ts";
import { Method, SelfplayConfig } from "../../src/config/selfplay.ts";
import { METHODS, rlOf, selfplayOf } from "../../src/selfplay/mod.ts";

const SELFPLAY = SelfplayConfig.parse({ generatorPrompts: ["hints"] });
const RL = RlConfig.parse({});

Deno.test("METHODS has every arm of the comparison", () => {
  assert.deepEqual(Object.keys(METHODS).sort(), [...Method.options].sort());
});

Deno.test("selfplayOf() mixes references only where the method does", () => {
  const mixing = Method.options.filter((name) => selfplayOf(name, SELFPLAY).mixingShare > 0);
  assert.deepEqual(mixing, ["fixer-only", "self-play+mixing", "asp-paper", "asp", "placebo"]);
});

Deno.test("selfplayOf() and rlOf() take asp-paper to the letter", () => {
  const played = selfplayOf("asp-paper", SELFPLAY);
  assert.deepEqual(played.generatorPrompts, ["plain"]);
  assert.deepEqual([played.replayShare, played.secondOrderShare, played.resamples], [0, 0, 0]);
  assert.equal(played.demonstrationWeight, 0);
  const update = rlOf("asp-paper", RL);
  assert.deepEqual([update.generatorAdvantage, update.fixerAdvantage], ["grpo", "grpo"]);
  assert.deepEqual([update.generatorWeight, update.fixerWeight], [0.5, 0.5]);
});

Deno.test("asp and the arms it is compared with differ only in mixing, similarity and references", () => {
  const { mixing: _m, similarity: _s, shuffledReferences: _r, ...asp } = METHODS.asp;
  for (
    const name of ["self-play", "self-play+mixing", "self-play+similarity", "placebo"] as const
  ) {
    const { mixing: _mixing, similarity: _similarity, shuffledReferences: _shuffled, ...rest } =
      METHODS[name];
    assert.deepEqual(rest, asp);
    assert.deepEqual(rlOf(name, RL), RL);
  }
});
