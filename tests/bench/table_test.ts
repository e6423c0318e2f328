import assert from "node:assert/strict";
import {
  markdownTable,
  percent,
  percentInterval,
  pointsInterval,
  pValue,
  textTable,
} from "../../src/bench/table.ts";

const TABLE = { head: ["source", "n"], rows: [["human", "100"], ["a|b", "7"]] };

Deno.test("textTable() aligns columns of numbers right and the others left", () => {
  assert.equal(
    textTable(TABLE),
    ["source    n", "------  ---", "human   100", "a|b       7"].join("\n"),
  );
});

Deno.test("markdownTable() escapes what would end a cell", () => {
  assert.equal(
    markdownTable(TABLE),
    ["| source | n |", "| --- | ---: |", "| human | 100 |", "| a\\|b | 7 |"].join("\n"),
  );
});

Deno.test("rates, differences and p-values are written in percent with one digit", () => {
  assert.equal(percent(0.4167), "41.7");
  assert.equal(percentInterval({ fixRate: 0.41, low: 0.319, high: 0.5084 }), "41.0 [31.9, 50.8]");
  assert.equal(pointsInterval({ diff: 0.06, low: -0.01, high: 0 }), "+6.0 [-1.0, +0.0]");
  assert.deepEqual([0.0004, 0.02, 1].map(pValue), ["<0.001", "0.020", "1.000"]);
});
