// matmul_broadcast_swiglu: matmul_broadcast's tile on a fused pair of projections, and their gated product.
//
//   gate[r,c] = sum_i a[r,i] * b[c,i]      up[r,c] = sum_i a[r,i] * b[cols + c,i]
//   y[r,c]    = gate * s * up  with s = 1 / (1 + exp(-gate))                       (Shazeer 2020, eq. 5)
//
// Four lanes of a workgroup make columns of the gate, the other four the same columns of the other factor; they meet in
// registers, so that neither is read from memory again.
//
// Shapes    a: [rows, inner]   b: [2 * cols, inner]   y: [rows, cols]   gate_up: [rows, 2 * cols] = [gate, up];
//           a and b as f32, or, by A_IS_HALF and B_IS_HALF, as halves: vec2s
// Dispatch  workgroup (x, y) owns columns 16 x + 0..15 and rows 32 y + 0..31 of y; a lane makes 4 adjacent columns
// Limits    cols, inner multiples of 4;  at least 8 invocations per subgroup;  rows <= 32 * 65535, cols <= 16 * 65535
// Numerics  f32 or f16 storage, f32 accumulation, four terms at a time in the order of i;  the exponent is held below
//           80, where s * gate is zero in f32;  gate_up is written by `keep`

override A_IS_HALF: bool = false; // whether a is stored as halves
override B_IS_HALF: bool = false; // whether b is stored as halves

struct Params {
  rows: u32,
  cols: u32,
  inner: u32,
  keep: u32, // 0 or 1: whether gate_up is written
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> b: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> a_half: array<vec2<u32>>;
@group(0) @binding(4) var<storage, read> b_half: array<vec2<u32>>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> gate_up: array<vec4<f32>>;

const LANES = 8u;
const HALF = 4u; // lanes of each factor
const TILE = 32u;

// <shared row_tile>
// Rows 4 q + 0..3 of the tile are the columns of sum[q]; each holds the lane's four columns of y.
alias Tile = array<mat4x4<f32>, 8>;

// One row of the tile plus four terms: column i of w is row i of opb(b), u is opa(a) at the same i.
fn plus_terms(sum: vec4<f32>, w: mat4x4<f32>, u: vec4<f32>) -> vec4<f32> {
  return sum + w[0] * u.x + w[1] * u.y + w[2] * u.z + w[3] * u.w;
}

// Four rows of the tile plus four terms each; column r of u is row r of opa(a).
fn plus_rows(sum: mat4x4<f32>, w: mat4x4<f32>, u: mat4x4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(
    plus_terms(sum[0], w, u[0]),
    plus_terms(sum[1], w, u[1]),
    plus_terms(sum[2], w, u[2]),
    plus_terms(sum[3], w, u[3]),
  );
}

// What lanes 0..3 and what lanes 4..7 hold in v.
fn low(v: vec4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(subgroupBroadcast(v, 0u), subgroupBroadcast(v, 1u), subgroupBroadcast(v, 2u), subgroupBroadcast(v, 3u));
}
fn high(v: vec4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(subgroupBroadcast(v, 4u), subgroupBroadcast(v, 5u), subgroupBroadcast(v, 6u), subgroupBroadcast(v, 7u));
}

// Adds four terms of every sum. Lane l holds row 8 g + l of opa(a) in v[g].
fn add_rows(sum: ptr<function, Tile>, v: mat4x4<f32>, w: mat4x4<f32>) {
  (*sum)[0] = plus_rows((*sum)[0], w, low(v[0]));
  (*sum)[1] = plus_rows((*sum)[1], w, high(v[0]));
  (*sum)[2] = plus_rows((*sum)[2], w, low(v[1]));
  (*sum)[3] = plus_rows((*sum)[3], w, high(v[1]));
  (*sum)[4] = plus_rows((*sum)[4], w, low(v[2]));
  (*sum)[5] = plus_rows((*sum)[5], w, high(v[2]));
  (*sum)[6] = plus_rows((*sum)[6], w, low(v[3]));
  (*sum)[7] = plus_rows((*sum)[7], w, high(v[3]));
}

fn unpack(words: vec2<u32>) -> vec4<f32> {
  return vec4<f32>(unpack2x16float(words.x), unpack2x16float(words.y));
}

// The i-th four of a.
fn read_a(i: u32) -> vec4<f32> {
  if (A_IS_HALF) { return unpack(a_half[i]); }
  return a[i];
}

// The i-th four of b.
fn read_b(i: u32) -> vec4<f32> {
  if (B_IS_HALF) { return unpack(b_half[i]); }
  return b[i];
}

// Lane l's part of four terms of opa(a) for forward_nt and forward_nn: row 8 g + l in column g.
fn load_rows(row: u32, i: u32, inner4: u32) -> mat4x4<f32> {
  let last = params.rows - 1u;
  return mat4x4<f32>(
    read_a(min(row, last) * inner4 + i),
    read_a(min(row + LANES, last) * inner4 + i),
    read_a(min(row + 2u * LANES, last) * inner4 + i),
    read_a(min(row + 3u * LANES, last) * inner4 + i),
  );
}
// </shared row_tile>

// Writes the tile, columns counted in fours. Even rows of y are written by the lanes of the gate, odd ones by the others.
fn store(sum: ptr<function, Tile>, row: u32, lane: u32, col4: u32) {
  let cols4 = params.cols / 4u;
  let side = lane / HALF; // 0: gate, 1: up
  for (var r = 0u; r < min(TILE, params.rows - row); r++) {
    let own = (*sum)[r / 4u][r % 4u];
    let other = subgroupShuffleXor(own, HALF);
    let gate = select(own, other, side == 1u);
    let up = select(other, own, side == 1u);
    let gated = gate / (1.0 + exp(min(-gate, vec4<f32>(80.0)))) * up;
    if (col4 < cols4) {
      if (params.keep != 0u) { gate_up[((row + r) * 2u + side) * cols4 + col4] = own; }
      if (r % 2u == side) { y[(row + r) * cols4 + col4] = gated; }
    }
  }
}

@compute @workgroup_size(LANES)
fn forward(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let inner4 = params.inner / 4u;
  let cols4 = params.cols / 4u;
  let row = group.y * TILE;
  let col4 = group.x * HALF + local.x % HALF;
  let side = local.x / HALF;
  let first = (side * cols4 + min(col4, cols4 - 1u)) * params.inner; // of the first of the lane's four rows of b
  var sum = Tile();
  for (var i = 0u; i < inner4; i++) {
    let j = first + i;
    let w = mat4x4<f32>(read_b(j), read_b(j + inner4), read_b(j + 2u * inner4), read_b(j + 3u * inner4));
    add_rows(&sum, load_rows(row + local.x, i, inner4), transpose(w));
  }
  store(&sum, row, local.x, col4);
}
