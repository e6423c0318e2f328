// matmul_broadcast: matrix product from a 32 x 32 register tile per eight lanes, which share rows of `a` by broadcast.
//
//   y[r,c] = scale * sum_i opa(a)[r,i] * opb(b)[i,c]  (+ bias[c]) (+ residual[r,c]) (+ y[r,c])
//
// Made for adapters that run eight invocations as the lanes of one vector unit and load lane by lane, so that loads
// cost far more than arithmetic: every loaded number is used 32 times, without workgroup memory or barriers.
//
// Shapes    y, residual: [rows, cols]   bias: [cols];  a and b as f32, or, by A_IS_HALF and B_IS_HALF, as halves: vec2s
//           forward_nt: a [rows, inner], b [cols, inner]    forward_nn: a [rows, inner], b [inner, cols]
//           forward_tn: a [inner, rows], b [inner, cols]
// Dispatch  workgroup (x, y) owns columns 32 x + 0..31 and rows 32 y + 0..31 of y, or x and y exchanged by `down_first`,
//           which spares the cache when b does not fit in it; a lane owns 4 adjacent columns
// Limits    fours: cols, inner (nt, nn), rows (tn);  at least 8 invocations per subgroup;  rows, cols <= 32 * 65535
// Numerics  f32 or f16 storage, f32 accumulation, four terms at a time in the order of i;  y = or += by `accumulate`

override A_IS_HALF: bool = false; // whether a is stored as halves
override B_IS_HALF: bool = false; // whether b is stored as halves

struct Params {
  rows: u32,
  cols: u32,
  inner: u32,
  add_bias: u32,     // 0 or 1
  add_residual: u32, // 0 or 1
  accumulate: u32,   // 0 or 1
  down_first: u32,   // 0 or 1: whether neighbouring workgroups own tiles below each other instead of side by side
  scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> b: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> a_half: array<vec2<u32>>;
@group(0) @binding(4) var<storage, read> b_half: array<vec2<u32>>;
@group(0) @binding(5) var<storage, read> bias: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read> residual: array<vec4<f32>>;
@group(0) @binding(7) var<storage, read_write> y: array<vec4<f32>>;

const LANES = 8u;
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

// Adds four terms of every sum. Lane l holds rows 4 l + 0..3 of opa(a) in v, term i in column i.
fn add_columns(sum: ptr<function, Tile>, v: mat4x4<f32>, w: mat4x4<f32>) {
  (*sum)[0] = plus_rows((*sum)[0], w, transpose(mat4x4<f32>(subgroupBroadcast(v[0], 0u),
    subgroupBroadcast(v[1], 0u), subgroupBroadcast(v[2], 0u), subgroupBroadcast(v[3], 0u))));
  (*sum)[1] = plus_rows((*sum)[1], w, transpose(mat4x4<f32>(subgroupBroadcast(v[0], 1u),
    subgroupBroadcast(v[1], 1u), subgroupBroadcast(v[2], 1u), subgroupBroadcast(v[3], 1u))));
  (*sum)[2] = plus_rows((*sum)[2], w, transpose(mat4x4<f32>(subgroupBroadcast(v[0], 2u),
    subgroupBroadcast(v[1], 2u), subgroupBroadcast(v[2], 2u), subgroupBroadcast(v[3], 2u))));
  (*sum)[3] = plus_rows((*sum)[3], w, transpose(mat4x4<f32>(subgroupBroadcast(v[0], 3u),
    subgroupBroadcast(v[1], 3u), subgroupBroadcast(v[2], 3u), subgroupBroadcast(v[3], 3u))));
  (*sum)[4] = plus_rows((*sum)[4], w, transpose(mat4x4<f32>(subgroupBroadcast(v[0], 4u),
    subgroupBroadcast(v[1], 4u), subgroupBroadcast(v[2], 4u), subgroupBroadcast(v[3], 4u))));
  (*sum)[5] = plus_rows((*sum)[5], w, transpose(mat4x4<f32>(subgroupBroadcast(v[0], 5u),
    subgroupBroadcast(v[1], 5u), subgroupBroadcast(v[2], 5u), subgroupBroadcast(v[3], 5u))));
  (*sum)[6] = plus_rows((*sum)[6], w, transpose(mat4x4<f32>(subgroupBroadcast(v[0], 6u),
    subgroupBroadcast(v[1], 6u), subgroupBroadcast(v[2], 6u), subgroupBroadcast(v[3], 6u))));
  (*sum)[7] = plus_rows((*sum)[7], w, transpose(mat4x4<f32>(subgroupBroadcast(v[0], 7u),
    subgroupBroadcast(v[1], 7u), subgroupBroadcast(v[2], 7u), subgroupBroadcast(v[3], 7u))));
}

// The workgroup's tile: x counts along columns, y along rows.
fn tile_of(group: vec3<u32>) -> vec2<u32> {
  return select(group.xy, group.yx, params.down_first != 0u);
}

// Writes the tile; what sticks out of y is not written. Columns are counted in fours.
fn store(sum: ptr<function, Tile>, row: u32, col4: u32) {
  let cols4 = params.cols / 4u;
  if (col4 >= cols4) { return; }
  for (var r = 0u; r < min(TILE, params.rows - row); r++) {
    let e = (row + r) * cols4 + col4;
    var value = params.scale * (*sum)[r / 4u][r % 4u];
    if (params.add_bias != 0u) { value += bias[col4]; }
    if (params.add_residual != 0u) { value += residual[e]; }
    if (params.accumulate != 0u) { value += y[e]; }
    y[e] = value;
  }
}

@compute @workgroup_size(LANES)
fn forward_nt(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let inner4 = params.inner / 4u;
  let tile = tile_of(group);
  let row = tile.y * TILE;
  let col4 = tile.x * LANES + local.x;
  let first = min(col4, params.cols / 4u - 1u) * params.inner; // of the first of the lane's four rows of b
  var sum = Tile();
  for (var i = 0u; i < inner4; i++) {
    let j = first + i;
    let w = mat4x4<f32>(read_b(j), read_b(j + inner4), read_b(j + 2u * inner4), read_b(j + 3u * inner4));
    add_rows(&sum, load_rows(row + local.x, i, inner4), transpose(w));
  }
  store(&sum, row, col4);
}

@compute @workgroup_size(LANES)
fn forward_nn(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let inner4 = params.inner / 4u;
  let cols4 = params.cols / 4u;
  let tile = tile_of(group);
  let row = tile.y * TILE;
  let col4 = tile.x * LANES + local.x;
  let first = min(col4, cols4 - 1u);
  var sum = Tile();
  for (var i = 0u; i < inner4; i++) {
    let j = first + i * params.cols;
    let w = mat4x4<f32>(read_b(j), read_b(j + cols4), read_b(j + 2u * cols4), read_b(j + 3u * cols4));
    add_rows(&sum, load_rows(row + local.x, i, inner4), w);
  }
  store(&sum, row, col4);
}

@compute @workgroup_size(LANES)
fn forward_tn(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let rows4 = params.rows / 4u;
  let cols4 = params.cols / 4u;
  let tile = tile_of(group);
  let row4 = min(tile.y * LANES + local.x, rows4 - 1u);
  let col4 = tile.x * LANES + local.x;
  let first = min(col4, cols4 - 1u);
  var sum = Tile();
  for (var i = 0u; i < params.inner; i += 4u) {
    let k = min(vec4<u32>(i, i + 1u, i + 2u, i + 3u), vec4<u32>(params.inner - 1u));
    let live = vec4<f32>(vec4<u32>(i, i + 1u, i + 2u, i + 3u) <= k); // terms past the end count zero times
    let m = k * rows4 + row4;
    let n = k * cols4 + first;
    let v = mat4x4<f32>(read_a(m.x), read_a(m.y), read_a(m.z), read_a(m.w));
    let w = mat4x4<f32>(live.x * read_b(n.x), live.y * read_b(n.y), live.z * read_b(n.z), live.w * read_b(n.w));
    add_columns(&sum, v, w);
  }
  store(&sum, tile.y * TILE, col4);
}
