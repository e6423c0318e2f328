/**
 * Times kernels and compares them with what the adapter can do: its roofline, measured in the same run.
 *
 * @module
 */
import type { Gpu, Pass } from "../gpu/mod.ts";
import { FMA_CHAIN_FLOPS, fmaChains } from "../ops/mod.ts";

/** One kernel at one shape. */
export interface KernelCase {
  /** What is computed, such as `matmul`. */
  readonly name: string;
  /** Sizes and what distinguishes the case, such as `512x512x512 nt`. */
  readonly shape: string;
  /** Floating-point operations that the result needs. */
  readonly flops: number;
  /** Bytes that have to be read or written at least once. */
  readonly bytes: number;
  /** Allocates what the kernel works on. */
  open(gpu: Gpu): Work;
}

/** Work that can be repeated. */
export interface Work extends Disposable {
  /** Encodes it once. */
  encode(pass: Pass): void;
}

/** Milliseconds of one repetition. */
export interface Timing {
  /** Median of the samples. */
  readonly ms: number;
  /** Smallest sample. */
  readonly low: number;
  /** Largest sample. */
  readonly high: number;
}

/** What an adapter can do. */
export interface Roofline {
  /** Thousand million floating-point operations a second, from chains of multiply-adds. */
  readonly gflops: number;
  /** Thousand million bytes a second, read and written, from a copy of {@linkcode COPY_BYTES}. */
  readonly gbps: number;
}

/** A kernel's time and how near the roofline it comes. */
export interface KernelRow extends Timing {
  /** As in the case. */
  readonly name: string;
  /** As in the case. */
  readonly shape: string;
  /** Thousand million floating-point operations a second. */
  readonly gflops: number;
  /** Thousand million bytes a second. */
  readonly gbps: number;
  /** Time that the roofline allows, divided by the time taken. */
  readonly roofline: number;
}

/** Bytes of the copy that measures the memory. */
export const COPY_BYTES = 64 * 2 ** 20;

/** Least time of one sample; waiting for the GPU costs about 11 ms, which is subtracted. */
const SAMPLE_MS = 100;
const MOST_REPEATS = 4096;

/**
 * Times work that is repeated within one submission.
 *
 * @param samples How many submissions are timed; the time of an empty one is subtracted from each.
 */
export async function timeWork(gpu: Gpu, work: Work, samples: number): Promise<Timing> {
  const nothing = { encode: () => {} };
  const idle: number[] = [];
  for (let i = 0; i < 3; i++) idle.push(await submit(gpu, nothing, 1));
  const floor = Math.min(...idle);
  await submit(gpu, work, 1); // compiles
  let repeats = 1;
  while (repeats < MOST_REPEATS && await submit(gpu, work, repeats) < SAMPLE_MS) repeats *= 4;
  const times: number[] = [];
  for (let i = 0; i < samples; i++) {
    times.push(Math.max(await submit(gpu, work, repeats) - floor, 1e-6) / repeats);
  }
  times.sort((x, y) => x - y);
  return { ms: times[times.length >> 1]!, low: times[0]!, high: times.at(-1)! };
}

async function submit(gpu: Gpu, work: Pick<Work, "encode">, repeats: number): Promise<number> {
  const pass = gpu.pass("bench");
  for (let i = 0; i < repeats; i++) work.encode(pass);
  const start = performance.now();
  pass.submit();
  await gpu.finish();
  return performance.now() - start;
}

/** Measures the roofline: the best of several samples of a copy and of arithmetic without memory. */
export async function measureRoofline(gpu: Gpu, samples: number): Promise<Roofline> {
  const from = gpu.tensor("copied from", [COPY_BYTES / 4]);
  const to = gpu.tensor("copied to", [COPY_BYTES / 4]);
  const [elements, turns] = gpu.adapter.software ? [8192, 256] : [1 << 20, 256];
  const y = gpu.tensor("chains", [elements]);
  const copy = { encode: (pass: Pass) => pass.copy(from, to), [Symbol.dispose]: () => {} };
  const chains = {
    encode: (pass: Pass) => fmaChains(pass, y, turns),
    [Symbol.dispose]: () => {},
  };
  const copied = await timeWork(gpu, copy, samples);
  const computed = await timeWork(gpu, chains, samples);
  gpu.release(from, to, y);
  return {
    gbps: 2 * COPY_BYTES / copied.low / 1e6,
    gflops: elements * turns * FMA_CHAIN_FLOPS / computed.low / 1e6,
  };
}

/** Times one case. */
export async function timeCase(
  gpu: Gpu,
  kernel: KernelCase,
  { samples, roofline }: { samples: number; roofline: Roofline },
): Promise<KernelRow> {
  const { name, shape, flops, bytes } = kernel;
  using work = kernel.open(gpu);
  const timing = await timeWork(gpu, work, samples);
  const least = Math.max(flops / roofline.gflops, bytes / roofline.gbps) / 1e6;
  return {
    name,
    shape,
    ...timing,
    gflops: flops / timing.ms / 1e6,
    gbps: bytes / timing.ms / 1e6,
    roofline: least / timing.ms,
  };
}

/** One line about a row. */
export function describeKernelRow(
  { name, shape, ms, low, high, gflops, gbps, roofline }: KernelRow,
): string {
  return `${name.padEnd(27)} ${shape.padEnd(18)} ${ms.toFixed(3).padStart(9)} ms ` +
    `(${low.toFixed(3)} to ${high.toFixed(3)}) ${gflops.toFixed(1).padStart(7)} GFLOP/s ` +
    `${gbps.toFixed(2).padStart(7)} GB/s ${(100 * roofline).toFixed(0).padStart(4)} % of roofline`;
}
