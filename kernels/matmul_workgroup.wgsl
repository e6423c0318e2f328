// matmul_workgroup: matrix product from tiles in workgroup memory, eight by eight outputs per invocation.
//
//   y[r,c] = scale * sum_i opa(a)[r,i] * opb(b)[i,c]  (+ bias[c]) (+ residual[r,c]) (+ y[r,c])
//   forward_swiglu: y = gate / (1 + exp(-gate)) * up  with [gate, up] = opa(a) opb(b)    (Shazeer 2020, eq. 5)
//
// Made for GPUs: a workgroup reads each of its inputs once from memory, in vectors of four, and fetches the next slice
// into registers while it multiplies the present one.
//
// Shapes    a: [rows, inner], or [inner, rows] with TRANSPOSE_A   b: [inner, cols], or [cols, inner] with TRANSPOSE_B
//           y, residual: [rows, cols]   bias: [cols];  a and b as f32, or as halves with A_IS_HALF, B_IS_HALF
//           forward_swiglu with GATED: b: [2 * cols, inner]   gate_up: [rows, 2 * cols], written with KEEP
// Dispatch  workgroup (x, y) of SIDE * SIDE invocations owns columns 8 SIDE x + 0..8 SIDE - 1 of y (of gate_up those that
//           make 4 SIDE of y), rows likewise by y
// Limits    the last axis of a, b and y a multiple of 4;  128 SIDE^2 bytes of workgroup memory: half of them a tile of
//           a, half of b, each 2 SIDE terms deep;  rows, cols <= 4 * SIDE * 65535
// Numerics  f32 or f16 storage, f32 accumulation in the order of i;  y = or += by `accumulate`

override SIDE: u32 = 8u;            // invocations along a side of the workgroup: 8 or 16
override TRANSPOSE_A: bool = false; // whether a is stored [inner, rows]
override TRANSPOSE_B: bool = false; // whether b is stored [cols, inner]
override GATED: bool = false;       // whether half of a tile's columns are the gate's, half those of the other factor
override KEEP: bool = false;        // whether forward_swiglu writes gate_up
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
@group(0) @binding(6) var<storage, read_write> gate_up: array<vec4<f32>>;

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

// Which four of opb(b)'s columns is the i-th of the tile x.
fn column_four(x: u32, i: u32) -> u32 {
  if (!GATED) { return x * 2u * SIDE + i; }
  return x * SIDE + i % SIDE + select(0u, params.cols / 4u, i >= SIDE);
}

// Terms 4 t + 0..3 of columns 4 c + 0..3 of opb(b): one term per column of the block, zero past the end of the terms.
fn load_b(c: u32, t: u32) -> mat4x4<f32> {
  var block: mat4x4<f32>;
  let last = params.cols * select(1u, 2u, GATED) - 1u;
  for (var i = 0u; i < 4u; i++) {
    if (TRANSPOSE_B) {
      if (4u * t < params.inner) { block[i] = read_b(min(4u * c + i, last) * (params.inner / 4u) + t); }
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

// Sums of an invocation, a row of the tile in a column of a matrix.
struct Sums {
  s00: mat4x4<f32>, // rows 4 z + 0..3, columns 4 x + 0..3
  s01: mat4x4<f32>, // columns 4 (SIDE + x) + 0..3
  s10: mat4x4<f32>, // rows 4 (SIDE + z) + 0..3
  s11: mat4x4<f32>,
}

fn multiply(group: vec3<u32>, lane: u32) -> Sums {
  let side4 = 2u * SIDE; // fours along a side of the tile of y
  let slice = 2u * SIDE; // terms in a slice
  let from_a = block_of(lane, !TRANSPOSE_A);
  let from_b = block_of(lane, TRANSPOSE_B);
  let row4 = group.y * side4;
  let x = lane % SIDE;
  let z = lane / SIDE;
  let b4 = column_four(group.x, from_b.x);
  var s: Sums;
  // Slice i is on its way from memory while slice i - 1 is multiplied.
  for (var i = 0u; i < params.inner + slice; i += slice) {
    let next_a = load_a(row4 + from_a.x, i / 4u + from_a.y);
    let next_b = load_b(b4, i / 4u + from_b.y);
    for (var t = 0u; t < select(slice, 0u, i == 0u); t++) {
      let u0 = a_tile[t * side4 + z];
      let u1 = a_tile[t * side4 + SIDE + z];
      let w0 = b_tile[t * side4 + x];
      let w1 = b_tile[t * side4 + SIDE + x];
      s.s00 += outer(w0, u0);
      s.s01 += outer(w1, u0);
      s.s10 += outer(w0, u1);
      s.s11 += outer(w1, u1);
    }
    workgroupBarrier();
    for (var t = 0u; t < 4u; t++) {
      a_tile[(4u * from_a.y + t) * side4 + from_a.x] = next_a[t];
      b_tile[(4u * from_b.y + t) * side4 + from_b.x] = next_b[t];
    }
    workgroupBarrier();
  }
  return s;
}

@compute @workgroup_size(SIDE * SIDE)
fn forward(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let s = multiply(group, lane);
  let left = array(s.s00, s.s10);
  let right = array(s.s01, s.s11);
  let col4 = group.x * 2u * SIDE + lane % SIDE;
  for (var r = 0u; r < 8u; r++) {
    let row = 4u * (group.y * 2u * SIDE + lane / SIDE + SIDE * (r / 4u)) + r % 4u;
    store(row, col4, left[r / 4u][r % 4u]);
    store(row, col4 + SIDE, right[r / 4u][r % 4u]);
  }
}

@compute @workgroup_size(SIDE * SIDE)
fn forward_swiglu(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let s = multiply(group, lane);
  let gates = array(s.s00, s.s10);
  let ups = array(s.s01, s.s11);
  let col4 = group.x * SIDE + lane % SIDE;
  let cols4 = params.cols / 4u;
  for (var r = 0u; r < 8u; r++) {
    let row = 4u * (group.y * 2u * SIDE + lane / SIDE + SIDE * (r / 4u)) + r % 4u;
    if (row >= params.rows || col4 >= cols4) { continue; }
    let gate = gates[r / 4u][r % 4u];
    let up = ups[r / 4u][r % 4u];
    y[row * cols4 + col4] = gate / (1.0 + exp(min(-gate, vec4<f32>(80.0)))) * up;
    if (KEEP) { gate_up[2u * row * cols4 + col4] = gate; }
    if (KEEP) { gate_up[(2u * row + 1u) * cols4 + col4] = up; }
  }
}
