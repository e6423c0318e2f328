/**
 * Residual sums, and the summing of gradients where two paths meet.
 *
 * @module
 */
import source from "../../kernels/add.wgsl" with { type: "text" };
import { defineKernel, elements, expectShape, type Pass, type Tensor } from "../gpu/mod.ts";
import { FLAT_SHARE } from "./grid.ts";

const kernel = defineKernel("add", source);
const WG = 64;

/**
 * Encodes y = a + b; the gradient of both is that of y.
 *
 * @param y Output, any shape; may be neither `a` nor `b`.
 * @throws {ShapeError} If `a` or `b` is not shaped as `y`.
 */
export function addForward(pass: Pass, saved: { a: Tensor; b: Tensor }, y: Tensor): void {
  const { a, b } = saved;
  expectShape("add a", a, y.shape);
  expectShape("add b", b, y.shape);
  const count = elements(y.shape);
  pass.dispatch(kernel, {
    entryPoint: "forward",
    overrides: { WG, SHARE: FLAT_SHARE },
    params: { count },
    bind: { a, b, y },
    workgroups: Math.ceil(count / (WG * FLAT_SHARE)),
  });
}

/**
 * Encodes y += a.
 *
 * @param y Changed in place, any shape.
 * @throws {ShapeError} If `a` is not shaped as `y`.
 */
export function addInPlace(pass: Pass, a: Tensor, y: Tensor): void {
  expectShape("add a", a, y.shape);
  const count = elements(y.shape);
  pass.dispatch(kernel, {
    entryPoint: "accumulate",
    overrides: { WG, SHARE: FLAT_SHARE },
    params: { count },
    bind: { a, y },
    workgroups: Math.ceil(count / (WG * FLAT_SHARE)),
  });
}
