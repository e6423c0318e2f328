/**
 * How work is cut into workgroups where the kernel leaves it open.
 *
 * @module
 */
import type { AdapterInfo } from "../gpu/mod.ts";

/** Elements per invocation of the kernels that go over flat tensors: enough to hide what starting one costs. */
export const FLAT_SHARE = 16;

/**
 * Invocations that go over a row together. Software adapters run eight as the lanes of one vector unit, and make
 * barriers between more expensive.
 */
export function rowWorkgroup(adapter: AdapterInfo): number {
  return adapter.software ? 8 : 64;
}
