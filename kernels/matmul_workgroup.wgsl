// matmul_workgroup: matrix product from tiles in workgroup memory, eight by eight outputs per invocation.
//
//   y[r,c] = scale * sum_i opa(a)[r,i] * opb(b)[i,c]  (+ bias[c]) (+ residual[r,c]) (+ y[r,c])
//
// Made for GPUs: a workgroup reads each of its inputs once from memory, in vectors of four, and fetches the next slice
// into registers while it multiplies the present one.
//
// Shapes    a: [rows, inner], or [inner, rows] with TRANSPOSE_A   b: [inner, cols], or [cols, inner] with TRANSPOSE_B
//           y, residual: [rows, cols]   bias: [cols];  a and b as f32, or as halves with A_IS_HALF, B_IS_HALF
// Dispatch  workgroup (x, y) of SIDE * SIDE invocations owns columns 8 SIDE x + 0..8 SIDE - 1 of y, rows likewise by y
// Limits    the last axis of a, b and y a multiple of 4;  128 SIDE^2 bytes of workgroup memory: half of them a tile of
//           a, half of b, each 2 SIDE terms deep;  rows, cols <= 8 * SIDE * 65535
// Numerics  f32 or f16 storage, f32 accumulation in the order of i;  y = or += by `accumulate`

override SIDE: u32 = 8u;            // invocations along a side of the workgroup: 8 or 16
override TRANSPOSE_A: bool = false; // whether a is stored [inner, rows]
override TRANSPOSE_B: bool = false; // whether b is stored [cols, inner]
override A_IS_HALF: bool = false;   // whether a is stored as halves
override B_IS_HALF: bool = false;   // whether b is stored as halves

struct Params {
  rows: u32,
  cols: u32,
  inner: u32,
  add_bias: u32,     // 0 or 1
  add_residual: u32, // 0 or 1
  accumulate: u32,   // 0 or 1
  scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> b: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> bias: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> residual: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4<f32>>;

var<workgroup> a_tile: array<vec4<f32>, 4 * SIDE * SIDE>; // [2 SIDE terms, 2 SIDE fours of rows]
var<workgroup> b_tile: array<vec4<f32>, 4 * SIDE * SIDE>; // [2 SIDE terms, 2 SIDE fours of columns]

// <shared block_of>
// Where an invocation's 4 x 4 block lies in a tile: x in fours of rows or columns, y in fours of terms. Neighbours go
// along the axis that is contiguous in memory.
fn block_of(lane: u32, terms_contiguous: bool) -> vec2<u32> {
  let fours = SIDE / 2u; // fours of terms in a tile
  if (terms_contiguous) { return vec2<u32>(lane / fours, lane % fours); }
  return vec2<u32>(lane % (2u * SIDE), lane / (2u * SIDE));
}
// </shared block_of>

// Four halves.
fn unpack(words: vec2<u32>) -> vec4<f32> {
  return vec4<f32>(unpack2x16float(words.x), unpack2x16float(words.y));
}

// The i-th four of a.
fn read_a(i: u32) -> vec4<f32> {
  if (!A_IS_HALF) { return bitcast<vec4<f32>>(a[i]); }
  let words = a[i / 2u];
  return unpack(select(words.xy, words.zw, i % 2u == 1u));
}

// The i-th four of b.
fn read_b(i: u32) -> vec4<f32> {
  if (!B_IS_HALF) { return bitcast<vec4<f32>>(b[i]); }
  let words = b[i / 2u];
  return unpack(select(words.xy, words.zw, i % 2u == 1u));
}

// Terms 4 t + 0..3 of rows 4 r + 0..3 of opa(a): one term per column, zero past the end of the terms.
fn load_a(r: u32, t: u32) -> mat4x4<f32> {
  var block: mat4x4<f32>;
  for (var i = 0u; i < 4u; i++) {
    if (TRANSPOSE_A) {
      if (4u * t + i < params.inner) { block[i] = read_a((4u * t + i) * (params.rows / 4u) + min(r, params.rows / 4u - 1u)); }
    } else if (4u * t < params.inner) {
      block[i] = read_a(min(4u * r + i, params.rows - 1u) * (params.inner / 4u) + t);
    }
  }
  if (TRANSPOSE_A) { return block; }
  return transpose(block);
}

// Terms 4 t + 0..3 of columns 4 c + 0..3 of opb(b): one term per column of the block, zero past the end of the terms.
fn load_b(c: u32, t: u32) -> mat4x4<f32> {
  var block: mat4x4<f32>;
  for (var i = 0u; i < 4u; i++) {
    if (TRANSPOSE_B) {
      if (4u * t < params.inner) { block[i] = read_b(min(4u * c + i, params.cols - 1u) * (params.inner / 4u) + t); }
    } else if (4u * t + i < params.inner) {
      block[i] = read_b((4u * t + i) * (params.cols / 4u) + min(c, params.cols / 4u - 1u));
    }
  }
  if (TRANSPOSE_B) { return transpose(block); }
  return block;
}

fn outer(w: vec4<f32>, v: vec4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(w * v.x, w * v.y, w * v.z, w * v.w);
}

// <shared store_fours>
// Writes four adjacent columns, the c-th four of row r; nothing outside y.
fn store(r: u32, c: u32, sum: vec4<f32>) {
  let cols4 = params.cols / 4u;
  if (r >= params.rows || c >= cols4) { return; }
  let e = r * cols4 + c;
  var value = params.scale * sum;
  if (params.add_bias != 0u) { value += bias[c]; }
  if (params.add_residual != 0u) { value += residual[e]; }
  if (params.accumulate != 0u) { value += y[e]; }
  y[e] = value;
}
// </shared store_fours>

@compute @workgroup_size(SIDE * SIDE)
fn forward(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let side4 = 2u * SIDE; // fours along a side of the tile of y
  let slice = 2u * SIDE; // terms in a slice
  let from_a = block_of(lane, !TRANSPOSE_A);
  let from_b = block_of(lane, TRANSPOSE_B);
  let row4 = group.y * side4;
  let col4 = group.x * side4;
  let x = lane % SIDE;
  let z = lane / SIDE;
  var s00: mat4x4<f32>; // rows 4 z + 0..3, columns 4 x + 0..3: one row per column
  var s01: mat4x4<f32>; // columns 4 (SIDE + x) + 0..3
  var s10: mat4x4<f32>; // rows 4 (SIDE + z) + 0..3
  var s11: mat4x4<f32>;
  // Slice i is on its way from memory while slice i - 1 is multiplied.
  for (var i = 0u; i < params.inner + slice; i += slice) {
    let next_a = load_a(row4 + from_a.x, i / 4u + from_a.y);
    let next_b = load_b(col4 + from_b.x, i / 4u + from_b.y);
    for (var t = 0u; t < select(slice, 0u, i == 0u); t++) {
      let u0 = a_tile[t * side4 + z];
      let u1 = a_tile[t * side4 + SIDE + z];
      let w0 = b_tile[t * side4 + x];
      let w1 = b_tile[t * side4 + SIDE + x];
      s00 += outer(w0, u0);
      s01 += outer(w1, u0);
      s10 += outer(w0, u1);
      s11 += outer(w1, u1);
    }
    workgroupBarrier();
    for (var t = 0u; t < 4u; t++) {
      a_tile[(4u * from_a.y + t) * side4 + from_a.x] = next_a[t];
      b_tile[(4u * from_b.y + t) * side4 + from_b.x] = next_b[t];
    }
    workgroupBarrier();
  }
  let left = array<mat4x4<f32>, 2>(s00, s10);
  let right = array<mat4x4<f32>, 2>(s01, s11);
  for (var r = 0u; r < 8u; r++) {
    let row = 4u * (row4 + z + SIDE * (r / 4u)) + r % 4u;
    store(row, col4 + x, left[r / 4u][r % 4u]);
    store(row, col4 + SIDE + x, right[r / 4u][r % 4u]);
  }
}
