import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { Method, SelfplayConfig } from "../../src/config/selfplay.ts";
import { RlConfig } from "../../src/config/rl.ts";
import { SandboxConfig } from "../../src/config/sandbox.ts";
import { editNgrams } from "../../src/embed/mod.ts";
import { assembleUpdate } from "../../src/rl/mod.ts";
import { Sandbox } from "../../src/sandbox/mod.ts";
import {
  archiveFromJson,
  archiveToJson,
  emptyArchive,
  type Game,
  METHODS,
  openAnchor,
  openReferences,
  playRound,
  referenceEdits,
  rlOf,
  type Round,
} from "../../src/selfplay/mod.ts";
import { microFormat } from "../../src/prompts/mod.ts";
import { type Bug, listMutations, readTasks, runIn } from "../../src/tasks/mod.ts";
import { microTokenizer, type Script, ScriptedPolicy } from "../support/scripted_policy.ts";

/** Without `while`, so that no mutant runs until its deadline. */
const TASKS = (await readTasks("fixtures/micro/handwritten.jsonl"))
  .filter(({ solution }) => !solution.includes("while")).slice(0, 16);
const [PROGRAMS, REFERENCE_TASKS] = [TASKS.slice(0, 8), TASKS.slice(8)];
const TOKENIZER = microTokenizer(TASKS.map(({ solution }) => solution));
const FORMAT = microFormat(TOKENIZER);
const CONFIG = SelfplayConfig.parse({
  tasks: 6,
  gateWallMs: 5_000,
  mixingShare: 0.25,
  resamples: 1,
});

/** Two sources of reference bugs, made by mutation: here only their place in the round matters. */
const REFERENCES = openReferences(
  REFERENCE_TASKS.flatMap((task): Bug[] => {
    const mutants = listMutations(task.solution);
    return ["human", "lm:weak"].map((source, i) => ({
      id: `${task.id}-${source}`,
      taskId: task.id,
      source,
      origin: "test",
      license: "Apache-2.0",
      buggy: mutants[i]!.code,
    }));
  }),
  TASKS,
);

async function withGame(
  script: Script,
  parts: Partial<Game>,
  play: (game: Game, policy: ScriptedPolicy) => Promise<void>,
): Promise<void> {
  await using sandbox = await Sandbox.open(SandboxConfig.parse({}), () => {});
  const policy = new ScriptedPolicy(TOKENIZER, FORMAT, TASKS, script);
  const anchor = await openAnchor(referenceEdits(REFERENCES), {
    embedder: editNgrams,
    neighbours: 5,
  });
  const game: Game = {
    method: "asp",
    policy,
    format: FORMAT,
    run: runIn(sandbox),
    programs: PROGRAMS,
    references: REFERENCES,
    anchor,
    archive: emptyArchive(),
    rng: rngStream(1),
    ...parts,
  };
  await play(game, policy);
}

/** A round without what may differ between two runs. */
function timeless({ episodes, metrics, rollouts }: Round): unknown {
  const steady = Object.entries(metrics).filter(([name]) => !name.startsWith("seconds."));
  return { episodes, rollouts, metrics: Object.fromEntries(steady) };
}

Deno.test("playRound() plays both roles of asp in the real sandbox", async () => {
  await withGame({ skill: 0.5, idle: 0.3 }, {}, async (game, policy) => {
    const { episodes, metrics, rollouts } = await playRound(game, CONFIG);
    const generator = episodes.filter(({ role }) => role === "generator");
    const fixer = episodes.filter(({ role }) => role === "fixer");
    assert.equal(generator.length, 6);
    assert.ok(generator.every((group) => group.episodes.length === 4));

    const validRate = metrics["generator.validRate"] as number;
    assert.ok(validRate > 0.3 && validRate < 0.9, `valid rate ${validRate}`);
    const valid = Math.round(validRate * 24);
    const { generated, reference } = metrics["fixer.groups"] as Record<string, number>;
    assert.equal(generated, valid);
    assert.equal(reference, Math.round(valid / 3)); // a quarter of all groups
    assert.equal(fixer.length, valid + reference!);
    assert.ok((metrics["generator.invalid.unchanged"] as number) > 0);

    const rewards = generator.flatMap((group) => group.episodes);
    assert.ok(rewards.every(({ reward }) => [-1, 1, -0.2].includes(reward)));
    assert.ok(
      rewards.every(({ reward, similarity }) => (reward === -1) === (similarity === undefined)),
    );
    assert.ok(
      fixer.every((group) => group.episodes.every(({ reward }) => reward === 0 || reward === 1)),
    );
    const fixed = metrics["fixer.reward.mean"] as number;
    assert.ok(fixed > 0.3 && fixed < 0.7, `fix rate ${fixed}`);

    assert.equal(game.archive.hashes.size, valid);
    assert.ok(game.archive.sometimesSolved.length > 0);
    assert.equal(rollouts.length, 24 + 4 * fixer.length);
    assert.deepEqual(policy.asked.break, 6);
    for (const phase of ["generate", "gate", "fix", "judge", "embed"]) {
      assert.ok((metrics[`seconds.${phase}`] as number) >= 0);
    }
  });
});

Deno.test("playRound() is a function of its stream and its archive", async () => {
  const rounds: unknown[] = [];
  const config = { ...CONFIG, tasks: 3 };
  for (let i = 0; i < 2; i++) {
    await withGame({ skill: 0.5, idle: 0.2 }, {}, async (game) => {
      rounds.push(timeless(await playRound(game, config)));
      const resumed = { ...game, archive: archiveFromJson(archiveToJson(game.archive)) };
      const second = await playRound({ ...(i === 0 ? game : resumed), rng: rngStream(2) }, config);
      rounds.push(timeless(second));
    });
  }
  assert.deepEqual(rounds[0], rounds[2]);
  assert.deepEqual(rounds[1], rounds[3]);
});

Deno.test("playRound() turns bugs of earlier rounds away and replays sometimes-solved ones", async () => {
  const config = { ...CONFIG, tasks: 4, replayShare: 0.5 };
  await withGame({ skill: 0.5, idle: 0 }, {}, async (game) => {
    await playRound(game, config);
    const archive = { ...emptyArchive(), sometimesSolved: game.archive.sometimesSolved };
    const again = await playRound({ ...game, rng: rngStream(1) }, config);
    assert.equal(again.metrics["generator.validRate"], 0);
    assert.ok((again.metrics["generator.invalid.archived"] as number) > 0);
    const other = await playRound({ ...game, archive, rng: rngStream(9) }, config);
    assert.ok((other.metrics["fixer.groups"] as Record<string, number>).replay! > 0);
  });
});

Deno.test("playRound() does not punish invalid bugs when nearly none is valid, except in asp-paper", async () => {
  await withGame({ skill: 0.5, idle: 1 }, {}, async (game) => {
    const lifted = await playRound(game, CONFIG);
    assert.equal(lifted.metrics["generator.reward.mean"], 0);
    const paper = await playRound({ ...game, method: "asp-paper" }, CONFIG);
    assert.equal(paper.metrics["generator.reward.mean"], -1);
  });
});

Deno.test("playRound() samples bugs again whose repairs all fail, and gives rho from the first draw", async () => {
  await withGame({ skill: 0, idle: 0 }, {}, async (game) => {
    const { metrics, episodes } = await playRound(game, CONFIG);
    assert.equal(metrics.zeroVarianceShare, 1);
    const groups = metrics["fixer.groups"] as Record<string, number>;
    const played = Object.values(groups).reduce((sum, n) => sum + n, 0);
    assert.equal(metrics.resampledGroups, played);
    assert.equal(metrics.sampledTokens, tokensOf(metrics));
    const update = assembleUpdate(episodes, RlConfig.parse({}), {
      baselines: { generator: 0, fixer: 0 },
      rng: rngStream(3),
    });
    assert.equal(update.metrics["fixer.zeroVarianceShare"], 1);
    assert.ok(update.miniBatches.flat().every(({ role }) => role === "generator"));
  });
});

/** Tokens of the generator and of two equally long draws of the fixer. */
function tokensOf(metrics: Round["metrics"]): number {
  return (metrics["generator.sampledTokens"] as number) +
    2 * (metrics["fixer.sampledTokens"] as number);
}

for (const method of Method.options) {
  Deno.test(`playRound() plays ${method}`, async () => {
    await withGame({ skill: 0.5, idle: 0.2 }, { method }, async (game, policy) => {
      const frozen = new ScriptedPolicy(TOKENIZER, FORMAT, TASKS, { skill: 0, idle: 0 });
      const { episodes, metrics } = await playRound({ ...game, frozen }, { ...CONFIG, tasks: 3 });
      const switches = METHODS[method];
      const trains = episodes.some(({ role }) => role === "generator");
      assert.equal(trains, switches.generator === "policy");
      assert.equal((frozen.asked.break ?? 0) > 0, switches.generator === "frozen");
      assert.equal((policy.asked.break ?? 0) > 0, switches.generator === "policy");
      const { reference = 0 } = (metrics["fixer.groups"] ?? {}) as Record<string, number>;
      assert.equal(reference > 0, switches.mixing);
      if (switches.supervised) {
        assert.equal(episodes.length, 12);
        assert.ok(episodes.every((group) => group.episodes[0]!.logprobs === undefined));
      }
      const config = rlOf(method, RlConfig.parse({}));
      const state = { baselines: { generator: 0, fixer: 0 }, rng: rngStream(3) };
      const update = assembleUpdate(episodes, config, state);
      assert.equal(update.miniBatches.length > 0, switches.trains);
    });
  });
}

Deno.test("playRound() throws without the frozen policy that its method needs", async () => {
  await withGame({ skill: 0.5, idle: 0 }, { method: "fixer-only" }, async (game) => {
    await assert.rejects(playRound(game, CONFIG), TypeError);
  });
});
