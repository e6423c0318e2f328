import assert from "node:assert/strict";
import { main } from "../../workflows/reproduce.ts";
import { gpuTest } from "../support/device.ts";
import { withFolder } from "../support/folder.ts";

const TINY = [
  ...["--config", "fixtures/config/smoke.json", "--arms", "sft,self-play", "--seeds", "2"],
  ...[
    "--tokens",
    "60",
    "--evaluate-items",
    "4",
    "--validate-every",
    "0",
    "--samples",
    "2",
    "--json",
  ],
];

interface Report {
  arms: { name: string; seeds: number[]; mean: { fixRate: number; low: number; high: number } }[];
  comparisons: unknown[];
  crossPlay: { arm: string; seed: number; rounds: number[]; matrix: (number | null)[][] }[];
}

gpuTest("reproduce fills the cells that are missing, refuses others', and reports", async () => {
  await withFolder({}, async (folder) => {
    const out = `${folder}/out`;
    const flags = [...TINY, "--out", out, "--run.root", `${folder}/runs`];
    const report = async (): Promise<Report> =>
      JSON.parse(await Deno.readTextFile(`${out}/report.json`));
    await main(flags);
    const first = await report();
    assert.deepEqual(first.arms.map(({ name, seeds }) => [name, seeds]), [
      ["self-play", [1, 2]],
      ["sft", [1, 2]],
    ]);
    const cells = `${out}/cells`;
    const [kept, lost] = [`${cells}/sft-1.json`, `${cells}/self-play-2.json`];
    const cell = JSON.parse(await Deno.readTextFile(lost));
    assert.ok(cell.tokens.sampled + cell.tokens.trained >= 60);
    await Deno.remove(lost);
    const before = (await Deno.stat(kept)).mtime;
    // Goes on from the run that is there, and plays its checkpoints.
    const play = ["--cross-play", "self-play", "--cross-play-points", "2"];
    await main([...flags, ...play, "--cross-play-programs", "2"]);
    const [matrix] = (await report()).crossPlay;
    assert.deepEqual([matrix!.arm, matrix!.seed, matrix!.rounds], ["self-play", 1, [0, 1]]);
    assert.equal(matrix!.matrix.length, 2);
    assert.match(await Deno.readTextFile(`${out}/cross-play-self-play-1.svg`), /^<svg/);
    assert.deepEqual((await Deno.stat(kept)).mtime, before);
    const again = JSON.parse(await Deno.readTextFile(lost));
    const timeless = (some: object): object => ({
      ...some,
      seconds: 0,
      command: "",
      gitCommit: "",
    });
    assert.deepEqual(timeless(again), timeless(cell));
    assert.deepEqual(
      (await report()).arms.map(({ mean }) => mean),
      first.arms.map(({ mean }) => mean),
    );
    await assert.rejects(main([...flags, "--samples", "3"]), /samples was 2, is 3/);
    await main([...flags, "--samples", "0"]); // what is there has more than that
    assert.deepEqual((await Deno.stat(kept)).mtime, before);
    await assert.rejects(
      main([...flags, "--rl.loss", "gspo"]),
      /rl\.loss was "clip", is "gspo".*--recompute/,
    );
    await Deno.remove(lost);
    await main([...flags, "--report-only"]);
    assert.deepEqual((await report()).arms[0]!.seeds, [1]);
  });
});
