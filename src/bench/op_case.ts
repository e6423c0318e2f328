/**
 * A kernel's case from the shapes of what it reads and writes.
 *
 * @module
 */
import { byteLength, type Gpu, type Image, type Pass, type Tensor } from "../gpu/mod.ts";
import type { KernelCase } from "./kernel_timing.ts";

/** Indices and their shape. */
export type Index = readonly [shape: readonly number[], data: Uint32Array<ArrayBuffer>];

/** What a case does, and what it needs besides f32 tensors. */
interface OpWork<Names extends string, Indices extends string, Images extends string> {
  /** Floating-point operations that the result needs. */
  readonly flops: number;
  /** Tensors of indices and their contents. */
  readonly index?: Readonly<Record<Indices, Index>>;
  /** Images of zeros and their shapes. */
  readonly images?: Readonly<Record<Images, readonly number[]>>;
  /** Names of the tensors that are of halves. */
  readonly halves?: readonly string[];
  /** Bytes that have to be read or written; by default those of all tensors and images but the indices. */
  readonly bytes?: number;
  encode(
    pass: Pass,
    given: Readonly<Record<Names | Indices, Tensor> & Record<Images, Image>>,
  ): void;
}

/** A case on tensors of zeros; its shape is that of the first. */
export function opCase<
  Names extends string,
  Indices extends string = never,
  Images extends string = never,
>(
  name: string,
  shapes: Readonly<Record<Names, readonly number[]>>,
  work: OpWork<Names, Indices, Images>,
): KernelCase {
  const tensors = Object.entries<readonly number[]>(shapes).map(([key, shape]) => {
    const dtype = work.halves?.includes(key) ? "f16" as const : "f32" as const;
    return { key, shape, dtype };
  });
  const images = Object.entries<readonly number[]>(work.images ?? {});
  const all = [...tensors, ...images.map(([, shape]) => ({ shape, dtype: "f32" as const }))];
  const bytes = work.bytes ?? all.reduce((sum, tensor) => sum + byteLength(tensor), 0);
  const open = (gpu: Gpu) => {
    const made = [
      ...tensors.map(({ key, shape, dtype }) => [key, gpu.tensor(key, shape, dtype)]),
      ...images.map(([key, shape]) => [key, gpu.image(key, shape)]),
      ...Object.entries<Index>(work.index ?? {})
        .map(([key, [shape, data]]) => [key, gpu.from(key, shape, data)]),
    ];
    const given = Object.fromEntries(made);
    return {
      encode: (pass: Pass) => work.encode(pass, given),
      [Symbol.dispose]: () => gpu.release(...Object.values<Tensor | Image>(given)),
    };
  };
  return { name, shape: tensors[0]!.shape.join("x"), flops: work.flops, bytes, open };
}
