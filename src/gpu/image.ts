/**
 * Images: numbers as texels of four in a storage texture.
 *
 * lavapipe reads a buffer number by number, each behind a test of its lane and one of its bounds, and a texture four
 * numbers at a time without either: half the time, a tenth of the code. So what a software adapter reads again and
 * again may be kept as an image; GPUs gain nothing.
 *
 * @module
 */
import { DeviceError } from "../base/mod.ts";
import type { AdapterInfo } from "./adapter.ts";
import { byteLength, elements, type Tensor } from "./tensor.ts";

/** Texels of a row; kernels know it too. */
export const IMAGE_WIDTH = 1024;

/** Bytes of a texel: four f32. */
const TEXEL_BYTES = 16;

/** Numbers in a storage texture: texel i of the flattened numbers is at (i % IMAGE_WIDTH, i / IMAGE_WIDTH). */
export interface Image {
  /** What it is, for messages and for the texture's label. */
  readonly label: string;
  /** The texture that holds it. */
  readonly texture: GPUTexture;
  /** All of the texture, as kernels are given it. */
  readonly view: GPUTextureView;
  /** Lengths of the axes; the last is a multiple of four. */
  readonly shape: readonly number[];
}

/** Whether what a kernel is given is an image. */
export function isImage(bound: Tensor | Image): bound is Image {
  return "texture" in bound;
}

/** Rows of texels of an image. */
export function imageRows(shape: readonly number[]): number {
  return Math.max(1, Math.ceil(elements(shape) / 4 / IMAGE_WIDTH));
}

/** Bytes of an image. */
export function imageBytes(shape: readonly number[]): number {
  return imageRows(shape) * IMAGE_WIDTH * TEXEL_BYTES;
}

/** Whether the adapter can hold an image of a shape. */
export function imageFits(
  adapter: Pick<AdapterInfo, "imageRows">,
  shape: readonly number[],
): boolean {
  return shape.at(-1)! % 4 === 0 && imageRows(shape) <= adapter.imageRows;
}

/**
 * Makes an image of zeros.
 *
 * @throws {DeviceError} If a texture cannot hold it.
 */
export function createImage(device: GPUDevice, label: string, shape: readonly number[]): Image {
  const most = device.limits.maxTextureDimension2D;
  if (!imageFits({ imageRows: most }, shape)) {
    throw new DeviceError(
      `Cannot make image ${label} [${shape}]: expected rows of a multiple of four numbers, at most ` +
        `${4 * IMAGE_WIDTH * most} in all`,
    );
  }
  const { STORAGE_BINDING, COPY_DST, COPY_SRC } = GPUTextureUsage;
  const texture = device.createTexture({
    label,
    size: [IMAGE_WIDTH, imageRows(shape)],
    format: "rgba32float",
    usage: STORAGE_BINDING | COPY_DST | COPY_SRC,
  });
  return { label, texture, view: texture.createView(), shape };
}

/**
 * Encodes the copy of a tensor's numbers into an image.
 *
 * @param source In one piece, f32, with as many elements as the image.
 */
export function copyToImage(encoder: GPUCommandEncoder, source: Tensor, image: Image): void {
  if (source.blocks || source.dtype !== "f32" || elements(source.shape) !== elements(image.shape)) {
    throw new RangeError(`Cannot copy ${source.label} to ${image.label}: their numbers differ`);
  }
  const bytesPerRow = IMAGE_WIDTH * TEXEL_BYTES;
  const texels = byteLength(source) / TEXEL_BYTES;
  const whole = Math.floor(texels / IMAGE_WIDTH);
  const parts = [
    { row: 0, width: IMAGE_WIDTH, height: whole },
    { row: whole, width: texels % IMAGE_WIDTH, height: 1 },
  ];
  for (const { row, width, height } of parts) {
    if (width * height === 0) continue;
    const offset = source.offset + row * bytesPerRow;
    encoder.copyBufferToTexture(
      { buffer: source.buffer, offset, bytesPerRow },
      { texture: image.texture, origin: [0, row] },
      [width, height],
    );
  }
}
