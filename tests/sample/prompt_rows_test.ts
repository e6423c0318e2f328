import { deepStrictEqual } from "node:assert/strict";
import { returnRows, takeRows } from "../../src/sample/prompt_rows.ts";

Deno.test("takeRows() takes from the first range that is long enough", () => {
  deepStrictEqual(takeRows([[0, 2], [5, 9]], 3), [[5, 8], [[0, 2], [8, 9]]]);
  deepStrictEqual(takeRows([[0, 2], [5, 9]], 2), [[0, 2], [[5, 9]]]);
  deepStrictEqual(takeRows([[0, 2], [5, 9]], 5), undefined);
  deepStrictEqual(takeRows([], 0), [[0, 0], []]);
});

Deno.test("returnRows() joins what is given back with its neighbours", () => {
  deepStrictEqual(returnRows([[0, 2], [5, 9]], [2, 5]), [[0, 9]]);
  deepStrictEqual(returnRows([[0, 2], [5, 9]], [3, 4]), [[0, 2], [3, 4], [5, 9]]);
  deepStrictEqual(returnRows([[0, 2], [5, 9]], [2, 4]), [[0, 4], [5, 9]]);
  deepStrictEqual(returnRows([[0, 2], [5, 9]], [4, 5]), [[0, 2], [4, 9]]);
  deepStrictEqual(returnRows([[5, 9]], [0, 0]), [[5, 9]]);
});
