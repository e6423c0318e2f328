/**
 * Nearest references of every query by cosine, without a matrix of all scores.
 *
 * References are taken in chunks, of one block after the other where they are in blocks: a product makes the scores of a
 * chunk, and the best so far are brought up to date.
 * On software adapters one kernel does both, and no score is written to memory.
 *
 * @module
 */
import broadcastSource from "../../kernels/similarity_broadcast.wgsl" with { type: "text" };
import source from "../../kernels/similarity.wgsl" with { type: "text" };
import { ShapeError } from "../base/mod.ts";
import {
  type AdapterInfo,
  defineKernel,
  elements,
  expectShape,
  type Pass,
  rowBlocks,
  type Tensor,
} from "../gpu/mod.ts";
import { rowWorkgroup } from "./grid.ts";
import { matmul } from "./matmul.ts";

const kernel = defineKernel("similarity", source);
const broadcastKernel = defineKernel("similarity_broadcast", broadcastSource);

/** References of one chunk at most: scores of a thousand queries take 16 MiB. */
export const SIMILARITY_CHUNK = 4096;

/** Largest number of neighbours. */
const MOST = 16;

/** Queries of one workgroup of the broadcast kernel; with fewer than two workgroups it would leave cores idle. */
const BROADCAST_QUERIES = 64;

/** Longest vectors of which the broadcast kernel can hold its queries. */
const BROADCAST_DIM = 256;

/** Rows of length 1 and what they belong to. */
export interface SimilarityInput {
  /** Queries, `[queries, dim]`. */
  queries: Tensor;
  /** Group of each query, u32 `[queries]`: references of that group are skipped. 0xffffffff skips none. */
  own: Tensor;
  /** References, `[references, dim]`; a table in blocks where one binding cannot hold them. */
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

/** How to search; the defaults suit the adapter, and every choice finds the same. */
export interface SimilarityOptions {
  /** References of one chunk, a multiple of what buffer offsets are aligned to; {@linkcode SIMILARITY_CHUNK} by default. */
  chunk?: number;
  /** Invocations per query of the plain variant. */
  workgroup?: number;
  /** `broadcast`: one kernel multiplies and selects, where it can; `plain`: a product, then the selection. */
  variant?: "plain" | "broadcast";
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
  options: SimilarityOptions = {},
): void {
  const { chunk = SIMILARITY_CHUNK } = options;
  const { dim, rows } = readSizes(input, out, chunk);
  const able = pass.adapter.subgroupSize >= 8 && dim % 4 === 0 && dim <= BROADCAST_DIM;
  const { variant = defaultVariant(pass.adapter, rows) } = options;
  const encode = able && variant === "broadcast" ? encodeBroadcast : encodePlain;
  for (const { tensor: block, first } of rowBlocks(input.references)) {
    for (let start = 0; start < block.shape[0]!; start += chunk) {
      const count = Math.min(chunk, block.shape[0]! - start);
      const part = { ...block, shape: [count, dim], offset: block.offset + start * dim * 4 };
      encode(pass, { ...input, part, first: first + start, ...out }, options);
    }
  }
}

function defaultVariant(adapter: AdapterInfo, rows: number): "plain" | "broadcast" {
  return adapter.software && rows >= 2 * BROADCAST_QUERIES ? "broadcast" : "plain";
}

/** A search in one chunk, `part` of the references from `first` on. */
interface ChunkSearch extends SimilarityInput, SimilarityOutput {
  readonly part: Tensor;
  readonly first: number;
}

function encodeBroadcast(pass: Pass, search: ChunkSearch): void {
  const { queries, part, own, others, best, index, first } = search;
  const [rows, dim] = queries.shape as [number, number];
  const [count, k] = [part.shape[0]!, best.shape[1]!];
  pass.dispatch(broadcastKernel, {
    entryPoint: "forward",
    params: { rows, count, dim, first, k },
    bind: { queries, references: part, own, others, best, index },
    workgroups: [Math.ceil(rows / BROADCAST_QUERIES), 1, 1],
  });
}

function encodePlain(pass: Pass, search: ChunkSearch, options: SimilarityOptions): void {
  const { queries, part, own, others, best, index, scores, first } = search;
  const { workgroup = rowWorkgroup(pass.adapter) } = options;
  const [rows, count, k] = [queries.shape[0]!, part.shape[0]!, best.shape[1]!];
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
  return { rows, dim };
}
