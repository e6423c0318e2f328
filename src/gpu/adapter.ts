/**
 * What is known of an adapter, for ops that choose between kernels.
 *
 * @module
 */
import type { Backend } from "./backend.ts";

/** Feature of adapters with {@linkcode AdapterInfo.matrices}. */
export const SUBGROUP_MATRIX = "chromium-experimental-subgroup-matrix" as GPUFeatureName;

/** What the adapter says of itself. */
export interface AdapterInfo {
  /** Name for people, e.g. `llvmpipe (LLVM 15.0.6, 256 bits)`. */
  readonly name: string;
  /** PCI vendor id or name. */
  readonly vendor: string;
  /** Whether the adapter computes on the CPU. */
  readonly software: boolean;
  /** Fewest invocations that a subgroup may have; 0 where kernels cannot use subgroups. */
  readonly subgroupSize: number;
  /** Most invocations that a subgroup may have; 0 where kernels cannot use subgroups. */
  readonly maxSubgroupSize: number;
  /** Bytes of workgroup memory that a kernel may use. */
  readonly workgroupBytes: number;
  /** Rows of texels that an image may have. */
  readonly imageRows: number;
  /** Whether kernels can compute in half precision. */
  readonly halfArithmetic: boolean;
  /** Whose WebGPU it is seen through. */
  readonly backend: Backend;
  /** Matrices that a subgroup multiplies at once, such as `f32*f32+f32 8x8x8`; none in most cases. */
  readonly matrices: readonly string[];
}

/** Describes the adapter of a device. */
export function describeAdapter(
  info: GPUAdapterInfo,
  device: GPUDevice,
  backend: Backend,
): AdapterInfo {
  const name = info.description || info.device || "unknown adapter";
  return {
    name,
    vendor: info.vendor,
    software: /llvmpipe|swiftshader|software/i.test(name),
    subgroupSize: device.features.has("subgroups") ? info.subgroupMinSize : 0,
    maxSubgroupSize: device.features.has("subgroups") ? info.subgroupMaxSize : 0,
    workgroupBytes: device.limits.maxComputeWorkgroupStorageSize,
    imageRows: device.limits.maxTextureDimension2D,
    halfArithmetic: device.features.has("shader-f16"),
    backend,
    matrices: readMatrices(info, device),
  };
}

/** What an adapter's subgroups can multiply, as `left*right+result MxNxK`. */
function readMatrices(info: GPUAdapterInfo, device: GPUDevice): string[] {
  const { subgroupMatrixConfigs: configs } = info as MatrixInfo;
  if (!configs || !device.features.has(SUBGROUP_MATRIX)) return [];
  return configs.map(({ componentType: factor, resultComponentType: result, M, N, K }) =>
    `${factor}*${factor}+${result} ${M}x${N}x${K}`
  );
}

/** A property that is not in the specification yet. */
interface MatrixInfo extends GPUAdapterInfo {
  readonly subgroupMatrixConfigs?: readonly {
    readonly componentType: string;
    readonly resultComponentType: string;
    readonly M: number;
    readonly N: number;
    readonly K: number;
  }[];
}
