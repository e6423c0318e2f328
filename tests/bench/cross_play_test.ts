import assert from "node:assert/strict";
import {
  type CrossPlay,
  crossPlayChart,
  crossPlayReport,
  crossPlaySections,
  firstOfArms,
} from "../../src/bench/mod.ts";

const PLAY: CrossPlay = {
  kind: "cross-play",
  ...{ arm: "asp", seed: 1, command: "c", adapter: "a", gitCommit: "g", deno: "2", seconds: 1 },
  experiment: {},
  inputs: {},
  programs: 4,
  rounds: [0, 6, 12],
  generators: [
    { attempts: 8, tasks: ["a", "b", "b", "c"], fixed: ["1000", "1100", "1110"] },
    { attempts: 8, tasks: [], fixed: ["", "", ""] },
    { attempts: 8, tasks: ["a", "d"], fixed: ["00", "10", "11"] },
  ],
};

Deno.test("crossPlayReport() counts repairs by generator and fixer", () => {
  const report = crossPlayReport(PLAY);
  assert.deepEqual(report.bugs, [4, 0, 2]);
  assert.deepEqual(report.validRate, [0.5, 0, 0.25]);
  assert.deepEqual(report.matrix, [[0.25, 0.5, 0.75], [null, null, null], [0, 0.5, 1]]);
});

Deno.test("firstOfArms() takes the lowest seed of each arm", () => {
  const plays = [{ ...PLAY, seed: 3 }, { ...PLAY, arm: "self-play", seed: 4 }, {
    ...PLAY,
    seed: 2,
  }];
  assert.deepEqual(firstOfArms(plays), [plays[2], plays[1]]);
});

Deno.test("the page and the heat map of cross-play hold the matrix", () => {
  const report = crossPlayReport(PLAY);
  const page = crossPlaySections([report], []).join("\n");
  assert.match(page, /\| 0 \| 4 \| 50\.0 \| 25\.0 \| 50\.0 \| 75\.0 \|/);
  const { data } = crossPlayChart(report) as unknown as { data: { values: object[] } };
  assert.equal(data.values.length, 6);
  assert.deepEqual(data.values[5], { row: "round 12", column: "round 12", value: 1 });
  assert.deepEqual(crossPlaySections([], []), []);
});
