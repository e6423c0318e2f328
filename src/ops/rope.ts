/**
 * Rotary position embedding, in place, with the halves of a head as the two coordinates.
 *
 * Su et al. 2021 (arXiv:2104.09864), equation 15. Cosines and sines come from a table made in float64 on the host.
 *
 * @module
 */
import source from "../../kernels/rope.wgsl" with { type: "text" };
import { defineKernel, expectShape, type Pass, type Tensor } from "../gpu/mod.ts";
import { rowWorkgroup } from "./grid.ts";

const kernel = defineKernel("rope", source);

/**
 * Cosines, then sines, of every position, `[positions, dim]`: angle(p, i) = p * theta^(-2i / dim) for i < dim / 2.
 *
 * @throws {RangeError} If `dim` is odd.
 */
export function ropeTable(
  shape: { positions: number; dim: number },
  theta: number,
): Float32Array<ArrayBuffer> {
  const { positions, dim } = shape;
  if (dim % 2 !== 0) {
    throw new RangeError(`Cannot make a rope table: dim must be even, found ${dim}`);
  }
  const half = dim / 2;
  const table = new Float32Array(positions * dim);
  for (let p = 0; p < positions; p++) {
    for (let i = 0; i < half; i++) {
      const angle = p * theta ** (-i / half);
      table[p * dim + i] = Math.cos(angle);
      table[p * dim + half + i] = Math.sin(angle);
    }
  }
  return table;
}

/** What both directions read. */
export interface RopeSaved {
  /** As made by {@linkcode ropeTable}, `[positions, dim]`. */
  table: Tensor;
  /** Position of each row, u32 `[rows]`. */
  position: Tensor;
}

/**
 * Encodes the rotation of x by its positions.
 *
 * @param x `[rows, heads, dim]`, overwritten.
 * @throws {ShapeError} If a shape disagrees with `x`.
 */
export function ropeForward(pass: Pass, saved: RopeSaved, x: Tensor): void {
  rotate(pass, saved, { entryPoint: "forward", name: "x", tensor: x });
}

/**
 * Encodes the rotation of dx back: from the gradient of the rotated rows to that of the rows.
 *
 * @param dx `[rows, heads, dim]`, overwritten.
 * @throws {ShapeError} If a shape disagrees with `dx`.
 */
export function ropeBackward(pass: Pass, saved: RopeSaved, dx: Tensor): void {
  rotate(pass, saved, { entryPoint: "backward_dx", name: "dx", tensor: dx });
}

function rotate(
  pass: Pass,
  { table, position }: RopeSaved,
  call: { entryPoint: string; name: string; tensor: Tensor },
): void {
  const [rows, heads, dim] = call.tensor.shape as [number, number, number];
  expectShape("rope table", table, [table.shape[0]!, dim]);
  expectShape("rope position", position, [rows]);
  pass.dispatch(kernel, {
    entryPoint: call.entryPoint,
    overrides: { WG: rowWorkgroup(pass.adapter) },
    params: { rows, heads, dim },
    bind: { table, position, [call.name]: call.tensor },
    workgroups: rows,
  });
}
