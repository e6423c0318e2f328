// matmul_workgroup_half: matrix product with multiplications in half precision, from tiles of halves in workgroup memory.
//
//   y[r,c] = scale * sum_q f32(sum_{i=4q..4q+3} opa(a)[r,i] * opb(b)[i,c])  (+ bias[c]) (+ residual[r,c]) (+ y[r,c])
//
// Like matmul_workgroup.wgsl, but half of its workgroup memory, and arithmetic that many GPUs do twice as fast. The inner
// sum is in f16: a product meets at most four roundings, its own and three additions, so the error is at most 4.01 * 2^-11
// times the sum of the products' magnitudes however many terms there are. All else is f32. The backend writes the
// directive that switches f16 on in front of this file.
//
// Shapes    a: [rows, inner], or [inner, rows] with TRANSPOSE_A   b: [inner, cols], or [cols, inner] with TRANSPOSE_B
//           y, residual: [rows, cols]   bias: [cols];  a and b as halves
// Dispatch  workgroup (x, y) of SIDE * SIDE invocations owns columns 8 SIDE x + 0..8 SIDE - 1 of y, rows likewise by y
// Limits    the last axis of a, b and y a multiple of 4;  64 SIDE^2 bytes of workgroup memory: half of them a tile of
//           a, half of b, each 2 SIDE terms deep;  rows, cols <= 8 * SIDE * 65535;  sums of four products below 65520
//           (beyond, y becomes infinite), and what is below 2^-14 may count as zero
// Numerics  f16 storage, f16 products and sums of four, f32 accumulation in the order of q;  y = or += by `accumulate`

override SIDE: u32 = 8u;            // invocations along a side of the workgroup: 8 or 16
override TRANSPOSE_A: bool = false; // whether a is stored [inner, rows]
override TRANSPOSE_B: bool = false; // whether b is stored [cols, inner]

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
@group(0) @binding(1) var<storage, read> a: array<vec4<f16>>;
@group(0) @binding(2) var<storage, read> b: array<vec4<f16>>;
@group(0) @binding(3) var<storage, read> bias: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> residual: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4<f32>>;

var<workgroup> a_tile: array<vec4<f16>, 4 * SIDE * SIDE>; // [2 SIDE terms, 2 SIDE fours of rows]
var<workgroup> b_tile: array<vec4<f16>, 4 * SIDE * SIDE>; // [2 SIDE terms, 2 SIDE fours of columns]

// <shared block_of>
// Where an invocation's 4 x 4 block lies in a tile: x in fours of rows or columns, y in fours of terms. Neighbours go
// along the axis that is contiguous in memory.
fn block_of(lane: u32, terms_contiguous: bool) -> vec2<u32> {
  let fours = SIDE / 2u; // fours of terms in a tile
  if (terms_contiguous) { return vec2<u32>(lane / fours, lane % fours); }
  return vec2<u32>(lane % (2u * SIDE), lane / (2u * SIDE));
}
// </shared block_of>

// Terms 4 t + 0..3 of rows 4 r + 0..3 of opa(a): one term per column, zero past the end of the terms.
fn load_a(r: u32, t: u32) -> mat4x4<f16> {
  var block: mat4x4<f16>;
  for (var i = 0u; i < 4u; i++) {
    if (TRANSPOSE_A) {
      if (4u * t + i < params.inner) { block[i] = a[(4u * t + i) * (params.rows / 4u) + min(r, params.rows / 4u - 1u)]; }
    } else if (4u * t < params.inner) {
      block[i] = a[min(4u * r + i, params.rows - 1u) * (params.inner / 4u) + t];
    }
  }
  if (TRANSPOSE_A) { return block; }
  return transpose(block);
}

// Terms 4 t + 0..3 of columns 4 c + 0..3 of opb(b): one term per column of the block, zero past the end of the terms.
fn load_b(c: u32, t: u32) -> mat4x4<f16> {
  var block: mat4x4<f16>;
  for (var i = 0u; i < 4u; i++) {
    if (TRANSPOSE_B) {
      if (4u * t < params.inner) { block[i] = b[min(4u * c + i, params.cols - 1u) * (params.inner / 4u) + t]; }
    } else if (4u * t + i < params.inner) {
      block[i] = b[(4u * t + i) * (params.cols / 4u) + min(c, params.cols / 4u - 1u)];
    }
  }
  if (TRANSPOSE_B) { return transpose(block); }
  return block;
}

// Four terms of a row and four columns of y.
fn four_terms(w: mat4x4<f16>, u: vec4<f16>) -> vec4<f32> {
  return vec4<f32>(w[0] * u.x + w[1] * u.y + w[2] * u.z + w[3] * u.w);
}

// Four terms of four rows and four columns: one row per column; column r of v holds row r's terms, column i of w term i.
fn products(w: mat4x4<f16>, v: mat4x4<f16>) -> mat4x4<f32> {
  return mat4x4<f32>(four_terms(w, v[0]), four_terms(w, v[1]), four_terms(w, v[2]), four_terms(w, v[3]));
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
    for (var t = 0u; t < select(slice, 0u, i == 0u); t += 4u) {
      let at = side4 * vec4<u32>(t, t + 1u, t + 2u, t + 3u);
      let m = at + z;
      let n = at + x;
      let v0 = transpose(mat4x4<f16>(a_tile[m.x], a_tile[m.y], a_tile[m.z], a_tile[m.w]));
      let w0 = mat4x4<f16>(b_tile[n.x], b_tile[n.y], b_tile[n.z], b_tile[n.w]);
      s00 += products(w0, v0);
      let w1 = mat4x4<f16>(b_tile[n.x + SIDE], b_tile[n.y + SIDE], b_tile[n.z + SIDE], b_tile[n.w + SIDE]);
      s01 += products(w1, v0);
      let v1 = transpose(mat4x4<f16>(a_tile[m.x + SIDE], a_tile[m.y + SIDE], a_tile[m.z + SIDE], a_tile[m.w + SIDE]));
      s10 += products(w0, v1);
      s11 += products(w1, v1);
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
