/**
 * Nearest references of every query by cosine, without a matrix of all scores.
 *
 * References are taken in chunks: a product makes the scores of a chunk, and the best so far are brought up to date.
 *
 * @module
 */
import source from "../../kernels/similarity.wgsl" with { type: "text" };
import { ShapeError } from "../base/mod.ts";
import { defineKernel, elements, expectShape, type Pass, type Tensor } from "../gpu/mod.ts";
import { rowWorkgroup } from "./grid.ts";
import { matmul } from "./matmul.ts";

const kernel = defineKernel("similarity", source);

/** References of one chunk at most: scores of a thousand queries take 16 MiB. */
export const SIMILARITY_CHUNK = 4096;

/** Largest number of neighbours. */
const MOST = 16;

/** Rows of length 1 and what they belong to. */
export interface SimilarityInput {
  /** Queries, `[queries, dim]`. */
  queries: Tensor;
  /** Group of each query, u32 `[queries]`: references of that group are skipped. 0xffffffff skips none. */
  own: Tensor;
  /** References, `[references, dim]`. */
  references: Tensor;
  /** Group of each reference, u32 `[references]`. */
  others: Tensor;
}

/** Where the neighbours go. */
export interface SimilarityOutput {
  /** Cosines in falling order, `[queries, k]`; the lowest f32 where there are fewer than k. */
  best: Tensor;
  /** Their references, u32 `[queries, k]`; 0xffffffff where there are fewer than k. */
  index: Tensor;
  /** Scratch, at least `[queries * min(references, SIMILARITY_CHUNK)]`. */
  scores: Tensor;
}

/**
 * Encodes the k references of largest cosine for every query, k being the width of `best`; equal ones by index.
 *
 * @param out All overwritten.
 * @throws {ShapeError} If a shape disagrees.
 * @throws {RangeError} If k is above 16.
 */
export function similarity(
  pass: Pass,
  input: SimilarityInput,
  out: SimilarityOutput,
  options: { chunk?: number; workgroup?: number } = {},
): void {
  const { chunk = SIMILARITY_CHUNK, workgroup = rowWorkgroup(pass.adapter) } = options;
  const { queries, own, references, others } = input;
  const { best, index, scores } = out;
  const { rows, dim, total, k } = readSizes(input, out, chunk);
  for (let first = 0; first < total; first += chunk) {
    const count = Math.min(chunk, total - first);
    const part = {
      ...references,
      shape: [count, dim],
      offset: references.offset + first * dim * 4,
    };
    const y = { ...scores, shape: [rows, count] };
    matmul(pass, { a: queries, b: part, y }, { transposeB: true });
    pass.dispatch(kernel, {
      entryPoint: "forward",
      overrides: { WG: workgroup },
      params: { queries: rows, count, first, k },
      bind: { scores: y, own, others, best, index },
      workgroups: rows,
    });
  }
}

function readSizes(input: SimilarityInput, out: SimilarityOutput, chunk: number) {
  const [rows, dim] = input.queries.shape as [number, number];
  const total = input.references.shape[0]!;
  const k = out.best.shape[1]!;
  if (k > MOST) throw new RangeError(`Cannot find ${k} neighbours: expected at most ${MOST}`);
  expectShape("similarity own", input.own, [rows]);
  expectShape("similarity references", input.references, [total, dim]);
  expectShape("similarity others", input.others, [total]);
  expectShape("similarity best", out.best, [rows, k]);
  expectShape("similarity index", out.index, [rows, k]);
  const most = Math.min(chunk, total);
  if (elements(out.scores.shape) < rows * most) {
    throw new ShapeError("similarity scores", [rows, most], out.scores.shape);
  }
  return { rows, dim, total, k };
}
