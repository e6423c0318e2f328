import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { safetensorsChunks, SafetensorsFile } from "../../src/model/safetensors.ts";
import { decodeValues, encodeValues, type StoredDType } from "../../src/model/stored_dtype.ts";

const TENSORS = [{ name: "a", shape: [2, 3] }, { name: "empty", shape: [0, 4] }, {
  name: "b.weight",
  shape: [5],
}];
const VALUES: Record<string, Float32Array> = {
  a: new Float32Array([0, -0, 1, -1.5, 3.14159, 1e-3]),
  empty: new Float32Array(0),
  "b.weight": new Float32Array([65504, -65504, 0.5, 2 ** -14, 100]),
};

async function fileBytes(dtype: StoredDType): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of safetensorsChunks(TENSORS, dtype, (name) => VALUES[name]!)) {
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer());
}

async function withFile(bytes: Uint8Array, use: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, bytes);
    await use(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("SafetensorsFile reads what safetensorsChunks() wrote, in each format", async () => {
  for (const dtype of ["F32", "F16", "BF16"] as const) {
    await withFile(await fileBytes(dtype), async (path) => {
      using file = await SafetensorsFile.open(path);
      assert.deepEqual([...file.tensors.keys()], ["a", "empty", "b.weight"]);
      for (const { name, shape } of TENSORS) {
        assert.deepEqual(file.tensors.get(name)!.shape, shape);
        const expected = decodeValues(dtype, encodeValues(dtype, VALUES[name]!).buffer);
        assert.deepEqual(await file.read(name), expected);
        if (dtype === "F32") assert.deepEqual(await file.read(name), VALUES[name]);
      }
      await assert.rejects(file.read("c"), /CheckpointError: Cannot read .*: tensor c is missing/);
    });
  }
});

/** The nearest value of a format, by searching all of its values near the truncated one; ties to even. */
function nearest(dtype: StoredDType, value: number): number {
  const start = new Uint16Array(encodeValues(dtype, new Float32Array([value])).buffer)[0]!;
  const near = [-1, 0, 1].map((step) => (start + step) & 0xffff);
  const distance = (bits: number) => {
    return Math.abs(decodeValues(dtype, new Uint16Array([bits]).buffer)[0]! - value);
  };
  near.sort((a, b) => distance(a) - distance(b) || (a & 1) - (b & 1));
  return decodeValues(dtype, new Uint16Array([near[0]!]).buffer)[0]!;
}

Deno.test("encodeValues() rounds to the nearest value, ties to even, and refuses overflow", () => {
  const rng = rngStream(3, "round");
  const values = Float32Array.from({ length: 2000 }, () => rng.normal() * 10 ** (rng.int(8) - 4));
  values.set([1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -11, 1 + 3 * 2 ** -11, 2 ** -24, 2 ** -25]);
  for (const dtype of ["F16", "BF16"] as const) {
    const stored = decodeValues(dtype, encodeValues(dtype, values).buffer);
    values.forEach((value, i) => assert.equal(stored[i], nearest(dtype, value), String(value)));
  }
  assert.deepEqual(
    decodeValues("BF16", encodeValues("BF16", new Float32Array([NaN])).buffer)[0],
    NaN,
  );
  const wide = new Float32Array([65520]);
  assert.throws(() => encodeValues("F16", wide), /RangeError: Cannot store 65520 as F16/);
  assert.equal(decodeValues("BF16", encodeValues("BF16", wide).buffer)[0], 65536);
});

/** A file with a header of one's own and `size` bytes of values. */
function forged(header: unknown, size: number): Uint8Array {
  const json = new TextEncoder().encode(
    typeof header === "string" ? header : JSON.stringify(header),
  );
  const bytes = new Uint8Array(8 + json.length + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

Deno.test("SafetensorsFile.open() names what is wrong with a file", async () => {
  const entry = (from: number, to: number, change = {}) => {
    return { dtype: "F32", shape: [2], ["data_offsets"]: [from, to], ...change };
  };
  const good = await fileBytes("F32");
  const cases: [Uint8Array, RegExp][] = [
    [good.slice(0, -1), /expected \d+ bytes, found \d+/],
    [good.slice(0, 5), /expected 8 bytes, the file ends at 5/],
    [good.slice(0, 40), /header: expected at most 32 bytes/],
    [forged("{nope", 0), /header: expected JSON/],
    [forged({ w: entry(0, 8, { dtype: "I64" }) }, 8), /w: dtype: expected F32, F16 or BF16/],
    [forged({ w: entry(0, 4) }, 4), /w: expected 8 bytes for shape \[2\], found 4/],
    [forged({ v: entry(0, 8), w: entry(4, 12) }, 12), /w: expected to start at byte \d+, found/],
    [forged({ v: entry(0, 8), w: entry(12, 20) }, 20), /w: expected to start at byte \d+, found/],
    [forged({ w: entry(0, 8, { shape: [-2] }) }, 8), /w: shape: 0/],
    [forged({ w: entry(0, 8) }, 12), /expected \d+ bytes, found \d+/],
  ];
  for (const [bytes, message] of cases) {
    await withFile(bytes, async (path) => {
      await assert.rejects(SafetensorsFile.open(path), (error: Error) => {
        assert.equal(error.name, "CheckpointError");
        assert.ok(error.message.startsWith(`Cannot read ${path}: `));
        assert.match(error.message, message);
        return true;
      });
    });
  }
});

Deno.test("safetensorsChunks() names the tensor whose values do not fit", async () => {
  const write = async (values: number[]) => {
    const tensors = [{ name: "w", shape: [2] }];
    for await (const _ of safetensorsChunks(tensors, "F16", () => new Float32Array(values)));
  };
  await assert.rejects(write([1]), /RangeError: Cannot write w: expected 2 values for shape \[2\]/);
  await assert.rejects(write([1, 1e6]), /RangeError: Cannot write w: Cannot store 1000000 as F16/);
});
