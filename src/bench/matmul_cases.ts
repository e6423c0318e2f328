/**
 * Matrix products to time: cubes that others publish, and the shapes of a training step and of decoding.
 *
 * @module
 */
import { byteLength, type Gpu, type Problem } from "../gpu/mod.ts";
import {
  allocateProduct,
  matmul,
  matmulProblem,
  type ProductShape,
  storage,
  transposes,
  type TuningOptions,
} from "../ops/mod.ts";
import type { KernelCase } from "./kernel_timing.ts";

/** Rows of a micro-batch, and sequences decoded together. */
const ROWS = 4096;
const SEQUENCES = 64;

/** Inputs and outputs of the micro model's layers: q with k and v, attention output, gate with up, down, head. */
const LAYERS: readonly (readonly [number, number])[] = [
  [128, 256],
  [128, 128],
  [128, 768],
  [384, 128],
  [128, 1024],
];

/** Factors as mixed precision stores them in forward passes; in backward passes the left one is f32. */
const HALVES = { a: { dtype: "f16" }, b: { dtype: "f16" } } as const;

/** All cases: the kernel chosen as in training, and every variant that runs on the adapter. */
export function matmulCases(gpu: Gpu): KernelCase[] {
  return [
    ...shapes().map(([name, shape]) => productCase(name, shape)),
    ...variantCases(gpu),
  ];
}

/** The choices between variants that the cases depend on. */
export function matmulProblems(gpu: Gpu, options: TuningOptions = {}): Problem[] {
  return shapes().map(([, shape]) => matmulProblem(gpu, shape, options));
}

function shapes(): [string, ProductShape][] {
  const cubes = [256, 512, 1024].flatMap((n) => [nt(n, n, n), nn(n, n, n), tn(n, n, n)]);
  const mixed = [512, 1024].flatMap((n) => [
    { ...nt(n, n, n), ...HALVES },
    { ...nn(n, n, n), b: HALVES.b },
    { ...tn(n, n, n), b: HALVES.b },
  ]);
  const layers = LAYERS.flatMap(([inputs, outputs]): [string, ProductShape][] => [
    ["matmul forward", nt(ROWS, outputs, inputs)],
    ["matmul backward", nn(ROWS, inputs, outputs)],
    ["matmul backward", tn(outputs, inputs, ROWS)],
    ["matmul decode", nt(SEQUENCES, outputs, inputs)],
  ]);
  return [
    ...cubes.map((shape): [string, ProductShape] => ["matmul", shape]),
    ...mixed.map((shape): [string, ProductShape] => ["matmul mixed", shape]),
    ...layers,
  ];
}

/** Every variant on one cube of f32, and on one of halves. */
function variantCases(gpu: Gpu): KernelCase[] {
  return [nt(512, 512, 512), { ...nt(512, 512, 512), ...HALVES }].flatMap((shape) => {
    const problem = matmulProblem(gpu, shape, { inHalf: true });
    using trial = problem.open();
    return trial.candidates.map(({ name }) => ({
      ...describe(`matmul_${name}`, shape),
      open: () => {
        const opened = problem.open();
        const encode = opened.candidates.find((candidate) => candidate.name === name)!.encode;
        return { encode, [Symbol.dispose]: () => opened[Symbol.dispose]() };
      },
    }));
  });
}

function nt(rows: number, cols: number, inner: number): ProductShape {
  return { rows, cols, inner, transposeA: false, transposeB: true };
}

function nn(rows: number, cols: number, inner: number): ProductShape {
  return { rows, cols, inner, transposeA: false, transposeB: false };
}

function tn(rows: number, cols: number, inner: number): ProductShape {
  return { rows, cols, inner, transposeA: true, transposeB: false };
}

function describe(name: string, shape: ProductShape): Omit<KernelCase, "open"> {
  const { rows, cols, inner } = shape;
  const [left, right] = storage(shape);
  const halves = left === "f16" || right === "f16";
  return {
    name,
    shape: `${rows}x${cols}x${inner} ${transposes(shape)}` +
      (halves ? ` ${left}*${right}` : ""),
    flops: 2 * rows * cols * inner,
    bytes: byteLength({ shape: [rows, inner], dtype: left }) +
      byteLength({ shape: [inner, cols], dtype: right }) + 4 * rows * cols,
  };
}

function productCase(name: string, shape: ProductShape): KernelCase {
  return {
    ...describe(name, shape),
    open: (gpu) => {
      const { a, b, y, transposeA, transposeB } = allocateProduct(gpu, shape);
      return {
        encode: (pass) => matmul(pass, { a, b, y }, { transposeA, transposeB }),
        [Symbol.dispose]: () => gpu.release(a, b, y),
      };
    },
  };
}
