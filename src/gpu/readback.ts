/**
 * Reading tensors back: copies into buffers that the host can map, one wait for all.
 *
 * @module
 */
import { byteLength, type HostArray, rowBlocks, type Tensor } from "./tensor.ts";

/** A block of a tensor, and where its bytes go. */
interface Piece {
  readonly block: Tensor;
  readonly goal: Uint8Array;
}

/** A mappable buffer with the pieces that are copied into it, one behind the other. */
interface Staging {
  readonly buffer: GPUBuffer;
  readonly pieces: readonly Piece[];
}

/**
 * Copies tensors as they are after everything submitted so far.
 *
 * @param mostBytes Of one staging buffer; a larger set takes several.
 * @returns Their elements, each in an array of its own; halves as f32.
 */
export async function readBack(
  device: GPUDevice,
  tensors: readonly Tensor[],
  mostBytes: number,
): Promise<HostArray[]> {
  const goals = tensors.map((tensor) => new ArrayBuffer(byteLength(tensor)));
  const pieces = tensors.flatMap((tensor, i) => cutPieces(tensor, goals[i]!));
  const stagings = groupPieces(pieces, mostBytes).map((group) => stage(device, group));
  const encoder = device.createCommandEncoder({ label: "readback" });
  for (const staging of stagings) encodeCopies(encoder, staging);
  device.queue.submit([encoder.finish()]);
  try {
    await Promise.all(stagings.map(({ buffer }) => buffer.mapAsync(GPUMapMode.READ)));
    for (const { buffer, pieces } of stagings) {
      const bytes = new Uint8Array(buffer.getMappedRange());
      let offset = 0;
      for (const { goal } of pieces) {
        goal.set(bytes.subarray(offset, offset + goal.length));
        offset += goal.length;
      }
    }
  } finally {
    for (const { buffer } of stagings) buffer.destroy();
  }
  return tensors.map(({ dtype }, i) => asElements(dtype, goals[i]!));
}

function cutPieces(tensor: Tensor, goal: ArrayBuffer): Piece[] {
  let offset = 0;
  return rowBlocks(tensor).map(({ tensor: block }) => {
    const piece = { block, goal: new Uint8Array(goal, offset, byteLength(block)) };
    offset += byteLength(block);
    return piece;
  });
}

/** Consecutive pieces together as long as they fit; always one group, as even nothing is waited for. */
function groupPieces(pieces: readonly Piece[], mostBytes: number): Piece[][] {
  const groups: Piece[][] = [[]];
  let size = 0;
  for (const piece of pieces) {
    if (size > 0 && size + piece.goal.length > mostBytes) {
      groups.push([]);
      size = 0;
    }
    groups.at(-1)!.push(piece);
    size += piece.goal.length;
  }
  return groups;
}

function stage(device: GPUDevice, pieces: readonly Piece[]): Staging {
  const total = pieces.reduce((sum, { goal }) => sum + goal.length, 0);
  const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
  const size = Math.max(total, 16);
  return { buffer: device.createBuffer({ label: "readback", size, usage }), pieces };
}

function encodeCopies(encoder: GPUCommandEncoder, { buffer, pieces }: Staging): void {
  let offset = 0;
  for (const { block, goal } of pieces) {
    if (goal.length > 0) {
      encoder.copyBufferToBuffer(block.buffer, block.offset, buffer, offset, goal.length);
    }
    offset += goal.length;
  }
}

function asElements(dtype: Tensor["dtype"], bytes: ArrayBuffer): HostArray {
  if (dtype === "f32") return new Float32Array(bytes);
  if (dtype === "f16") return new Float32Array(new Float16Array(bytes));
  return dtype === "u32" ? new Uint32Array(bytes) : new Int32Array(bytes);
}
