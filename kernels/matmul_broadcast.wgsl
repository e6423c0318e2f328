// matmul_broadcast: matrix product from a 32 x 32 register tile per eight lanes, which share rows of `a` by broadcast.
//
//   y[r,c] = scale * sum_i opa(a)[r,i] * opb(b)[i,c]  (+ bias[c]) (+ residual[r,c]) (+ y[r,c])
//
// Made for adapters that run eight invocations as the lanes of one vector unit and load lane by lane, so that loads
// cost far more than arithmetic: every loaded number is used 32 times, without workgroup memory or barriers.
//
// Shapes    y, residual: [rows, cols]   bias: [cols]
//           forward_nt: a [rows, inner], b [cols, inner]    forward_nn: a [rows, inner], b [inner, cols]
//           forward_tn: a [inner, rows], b [inner, cols]
// Dispatch  workgroup (x, y) owns columns 32 x + 0..31 and rows 32 y + 0..31 of y; a lane owns 4 adjacent columns
// Limits    cols a multiple of 4;  inner a multiple of 4 (nt, nn);  rows a multiple of 4 (tn);
//           at least 8 invocations per subgroup;  rows, cols <= 32 * 65535
// Numerics  f32 storage, f32 accumulation, four terms at a time in the order of i;  y = or += by `accumulate`

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
@group(0) @binding(1) var<storage, read> a: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> b: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> bias: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> residual: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4<f32>>;

const LANES = 8u;
const TILE = 32u;

// Rows q * 4 + 0..3 of the tile are the columns of sum[q]; each holds the lane's four columns of y.
alias Tile = array<mat4x4<f32>, 8>;

// The four vectors that `lane`, `lane + 1`, ... hold in v, as columns: four rows of opa(a), four terms each.
fn rows_low(v: vec4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(
    subgroupBroadcast(v, 0u),
    subgroupBroadcast(v, 1u),
    subgroupBroadcast(v, 2u),
    subgroupBroadcast(v, 3u),
  );
}

fn rows_high(v: vec4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(
    subgroupBroadcast(v, 4u),
    subgroupBroadcast(v, 5u),
    subgroupBroadcast(v, 6u),
    subgroupBroadcast(v, 7u),
  );
}

// Adds four terms of every sum. Lane l holds row 8 g + l of opa(a) in v[g]; column i of w is row i of opb(b).
fn add_rows(sum: ptr<function, Tile>, v: mat4x4<f32>, w: mat4x4<f32>) {
  (*sum)[0] += w * rows_low(v[0]);
  (*sum)[1] += w * rows_high(v[0]);
  (*sum)[2] += w * rows_low(v[1]);
  (*sum)[3] += w * rows_high(v[1]);
  (*sum)[4] += w * rows_low(v[2]);
  (*sum)[5] += w * rows_high(v[2]);
  (*sum)[6] += w * rows_low(v[3]);
  (*sum)[7] += w * rows_high(v[3]);
}

// Adds one term of every sum. Lane l holds rows 4 l + 0..3 of opa(a) in v; w is the row of opb(b).
fn add_outer(sum: ptr<function, Tile>, v: vec4<f32>, w: vec4<f32>) {
  (*sum)[0] += outer(w, subgroupBroadcast(v, 0u));
  (*sum)[1] += outer(w, subgroupBroadcast(v, 1u));
  (*sum)[2] += outer(w, subgroupBroadcast(v, 2u));
  (*sum)[3] += outer(w, subgroupBroadcast(v, 3u));
  (*sum)[4] += outer(w, subgroupBroadcast(v, 4u));
  (*sum)[5] += outer(w, subgroupBroadcast(v, 5u));
  (*sum)[6] += outer(w, subgroupBroadcast(v, 6u));
  (*sum)[7] += outer(w, subgroupBroadcast(v, 7u));
}

fn outer(w: vec4<f32>, v: vec4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(w * v.x, w * v.y, w * v.z, w * v.w);
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

// Lane l's part of four terms of opa(a) for forward_nt and forward_nn: row 8 g + l in column g.
fn load_rows(row: u32, i: u32, inner4: u32) -> mat4x4<f32> {
  let last = params.rows - 1u;
  return mat4x4<f32>(
    a[min(row, last) * inner4 + i],
    a[min(row + LANES, last) * inner4 + i],
    a[min(row + 2u * LANES, last) * inner4 + i],
    a[min(row + 3u * LANES, last) * inner4 + i],
  );
}

@compute @workgroup_size(LANES)
fn forward_nt(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let inner4 = params.inner / 4u;
  let row = group.y * TILE;
  let col4 = group.x * LANES + local.x;
  let first = min(col4, params.cols / 4u - 1u) * params.inner; // of the first of the lane's four rows of b
  var sum = Tile();
  for (var i = 0u; i < inner4; i++) {
    let j = first + i;
    let w = mat4x4<f32>(b[j], b[j + inner4], b[j + 2u * inner4], b[j + 3u * inner4]);
    add_rows(&sum, load_rows(row + local.x, i, inner4), transpose(w));
  }
  store(&sum, row, col4);
}

@compute @workgroup_size(LANES)
fn forward_nn(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let inner4 = params.inner / 4u;
  let cols4 = params.cols / 4u;
  let row = group.y * TILE;
  let col4 = group.x * LANES + local.x;
  let first = min(col4, cols4 - 1u);
  var sum = Tile();
  for (var i = 0u; i < inner4; i++) {
    let j = first + i * params.cols;
    let w = mat4x4<f32>(b[j], b[j + cols4], b[j + 2u * cols4], b[j + 3u * cols4]);
    add_rows(&sum, load_rows(row + local.x, i, inner4), w);
  }
  store(&sum, row, col4);
}

@compute @workgroup_size(LANES)
fn forward_tn(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let rows4 = params.rows / 4u;
  let cols4 = params.cols / 4u;
  let row4 = min(group.y * LANES + local.x, rows4 - 1u);
  let col4 = group.x * LANES + local.x;
  let first = min(col4, cols4 - 1u);
  var sum = Tile();
  for (var i = 0u; i < params.inner; i++) {
    add_outer(&sum, a[i * rows4 + row4], b[i * cols4 + first]);
  }
  store(&sum, group.y * TILE, col4);
}
