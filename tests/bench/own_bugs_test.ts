import assert from "node:assert/strict";
import { type CrossPlay, ownBugsByArm, ownBugsSection } from "../../src/bench/mod.ts";

/** A run whose last generator made these bugs, and which of them its first and its last fixer repair. */
function played(seed: number, tasks: string[], fixed: [first: string, last: string]): CrossPlay {
  return {
    kind: "cross-play",
    ...{ arm: "asp", seed, command: "c", adapter: "a", gitCommit: "g", deno: "2", seconds: 1 },
    ...{ experiment: {}, inputs: {}, programs: 4, rounds: [0, 9] },
    generators: [
      { attempts: 8, tasks: ["z"], fixed: ["1", "0"] }, // of the first generator: not looked at
      { attempts: 8, tasks, fixed },
    ],
  };
}

Deno.test("ownBugsByArm() pools the bugs of the last generators over seeds", () => {
  const plays = [
    played(1, ["a", "a", "b"], ["100", "110"]),
    played(2, ["b", "c", "d", "d", "d"], ["00000", "11100"]),
    { ...played(1, ["a"], ["0", "1"]), arm: "self-play" },
  ];
  const [asp, selfPlay] = ownBugsByArm(plays);
  assert.deepEqual([asp!.arm, asp!.seeds, asp!.bugs], ["asp", [1, 2], 8]);
  assert.equal(asp!.first.fixRate, 1 / 8);
  assert.equal(asp!.last.fixRate, 5 / 8);
  assert.equal(asp!.gain.diff, 4 / 8);
  assert.ok(asp!.gain.low >= 0 && asp!.gain.low < 0.5 && asp!.gain.high > 0.5);
  assert.deepEqual([selfPlay!.gain.diff, selfPlay!.gain.low, selfPlay!.gain.high], [1, 1, 1]);
  assert.match(
    ownBugsSection([selfPlay!])[1]!,
    /\| self-play +\| 1 .*\+100\.0 \[\+100\.0, \+100\.0\]/,
  );
});

Deno.test("ownBugsByArm() leaves out runs whose last generator made no bug", () => {
  const none = played(2, [], ["", ""]);
  assert.deepEqual(ownBugsByArm([none]), []);
  assert.deepEqual(ownBugsByArm([played(1, ["a"], ["0", "1"]), none])[0]!.seeds, [1]);
});
