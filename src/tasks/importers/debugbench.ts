/**
 * DebugBench (Tian et al., arXiv:2401.04621): LeetCode solutions into which GPT-4 put bugs, as JSON.
 *
 * The data set is one list with all fields, or a file for each language and kind of bug, which then only the file's name
 * says (`python3_operation error.json`) and where some fields have other names.
 *
 * The data set has no tests, its authors asked LeetCode's judge; here a problem's own examples are the tests. Of the
 * languages only Python is judged, and only problems whose examples are plain values.
 *
 * @module
 */
import { z } from "zod";
import { sha256Hex } from "../../base/mod.ts";
import type { CallCase } from "../types.ts";
import { readJsonItems } from "./json_items.ts";
import { readExample } from "./leetcode_examples.ts";
import {
  convertJson,
  type ImportDefaults,
  type ImportedRecord,
  ImportReason,
  type Refusal,
  refuse,
  type StandAloneBug,
} from "./record.ts";

const Common = z.object({
  slug: z.string().min(1),
  examples: z.array(z.string()),
  constraints: z.string().default(""),
  buggy_code: z.string().min(1),
});

const ListItem = Common.extend({
  question: z.string().min(1),
  language: z.string(),
  solution: z.string().min(1),
});

const ShardItem = Common.extend({
  description: z.string().min(1),
  oracle_code: z.string().min(1),
});

/** An item of either form. */
type Item = z.output<typeof ListItem>;

const SHARD_NAME = /(?:^|\/)(cpp|java|python3)_[^/]+\.json$/;

/** LeetCode's own head for Python, as far as it is the standard library. */
const PRELUDE =
  `import bisect, collections, functools, heapq, itertools, math, operator, random, re, string
from bisect import *
from collections import *
from functools import *
from heapq import *
from itertools import *
from math import *
from typing import *
`;

const METHOD = /class Solution\b[^]*?\n\s+def ([A-Za-z]\w*)\(self/;

/**
 * Reads a JSON file of DebugBench: a list of items, or an item a line.
 *
 * @throws {ConfigError} If the file cannot be opened.
 */
export async function* importDebugBench(
  path: string,
  defaults: ImportDefaults,
): AsyncGenerator<ImportedRecord> {
  const shard = SHARD_NAME.exec(path);
  for await (const { text, line } of readJsonItems(path)) {
    const outcome = shard
      ? convertJson(ShardItem, text, (item) => {
        const [, language = ""] = shard;
        const { description: question, oracle_code: solution } = item;
        return toBug({ ...item, question, solution, language }, defaults);
      })
      : convertJson(ListItem, text, (item) => toBug(item, defaults));
    yield { place: `${path}:${line}`, outcome };
  }
}

function toBug(item: Item, defaults: ImportDefaults): StandAloneBug | Refusal {
  if (!/^python/i.test(item.language)) {
    return refuse(ImportReason.LANGUAGE, `expected Python, found ${item.language}`);
  }
  const method = METHOD.exec(item.solution)?.[1];
  if (!method) return refuse(ImportReason.NO_TESTS, "the solution is no class Solution");
  const cases = item.examples.map(readExample);
  if (cases.length === 0 || !cases.every((found) => found !== undefined)) {
    return refuse(ImportReason.NO_TESTS, "the examples are not plain values");
  }
  const about = { origin: "DebugBench", license: defaults.license || "Apache-2.0" };
  const taskId = `leetcode/${item.slug}`;
  const source = defaults.source || "lm:gpt-4";
  return {
    id: `${taskId}/${source}/${sha256Hex(item.buggy_code).slice(0, 8)}`, // a problem has several bugs
    taskId,
    source,
    ...about,
    buggy: item.buggy_code.trim() + "\n",
    task: {
      id: taskId,
      ...about,
      language: "py",
      entry: "Solution",
      problem: [item.question, ...item.examples, item.constraints].join("\n").trim(),
      solution: item.solution.trim() + "\n",
      prelude: PRELUDE,
      tests: { kind: "program", text: testText(method, cases) },
    },
  };
}

/** Calls the method of a fresh object for each case; tuples count as lists, as on LeetCode. */
function testText(method: string, cases: readonly CallCase[]): string {
  const data = JSON.stringify(JSON.stringify(cases.map(({ args, expected }) => [args, expected])));
  return `import json

def plain(value):
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return round(value, 5) if isinstance(value, float) else value

for args, expected in json.loads(${data}):
    received = plain(Solution().${method}(*args))
    assert received == plain(expected), f"${method}{tuple(args)}: expected {expected}, received {received}"
`;
}
