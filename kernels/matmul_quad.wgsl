// matmul_quad: matrix product from an 8 x 16 register tile per four lanes, which share rows of `a` by broadcast.
//
//   y[r,c] = scale * sum_i opa(a)[r,i] * opb(b)[i,c]  (+ bias[c]) (+ residual[r,c]) (+ y[r,c])
//
// The idea of matmul_broadcast.wgsl for adapters whose vector unit has four lanes and few registers (SwiftShader): a
// tile that is no larger than they hold, and no loop over it, since its compiler unrolls none.
//
// Shapes    y, residual: [rows, cols]   bias: [cols]
//           forward_nt: a [rows, inner], b [cols, inner]    forward_nn: a [rows, inner], b [inner, cols]
//           forward_tn: a [inner, rows], b [inner, cols]
// Dispatch  workgroup (x, y) owns columns 16 x + 0..15 and rows 8 y + 0..7 of y; a lane owns 4 adjacent columns
// Limits    cols a multiple of 4;  inner a multiple of 4 (nt, nn);  rows a multiple of 4 (tn);
//           at least 4 invocations per subgroup;  cols <= 16 * 65535, rows <= 8 * 65535
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

const LANES = 4u;

// Rows 0..3 of the tile are the columns of `low`, rows 4..7 those of `high`; each holds the lane's four columns of y.
struct Tile {
  low: mat4x4<f32>,
  high: mat4x4<f32>,
}

// One row of the tile plus four terms: column i of w is row i of opb(b), u is opa(a) at the same i.
fn plus_terms(sum: vec4<f32>, w: mat4x4<f32>, u: vec4<f32>) -> vec4<f32> {
  return sum + w[0] * u.x + w[1] * u.y + w[2] * u.z + w[3] * u.w;
}

// Four rows plus four terms each; lane l holds row l of opa(a) in v.
fn plus_rows(sum: mat4x4<f32>, w: mat4x4<f32>, v: vec4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(
    plus_terms(sum[0], w, subgroupBroadcast(v, 0u)),
    plus_terms(sum[1], w, subgroupBroadcast(v, 1u)),
    plus_terms(sum[2], w, subgroupBroadcast(v, 2u)),
    plus_terms(sum[3], w, subgroupBroadcast(v, 3u)),
  );
}

// Four rows plus four terms each; lane l holds the four rows of opa(a) at term l in v.
fn plus_columns(sum: mat4x4<f32>, w: mat4x4<f32>, v: vec4<f32>) -> mat4x4<f32> {
  let u = transpose(mat4x4<f32>(
    subgroupBroadcast(v, 0u), subgroupBroadcast(v, 1u), subgroupBroadcast(v, 2u), subgroupBroadcast(v, 3u)));
  return mat4x4<f32>(
    plus_terms(sum[0], w, u[0]),
    plus_terms(sum[1], w, u[1]),
    plus_terms(sum[2], w, u[2]),
    plus_terms(sum[3], w, u[3]),
  );
}

// Writes four adjacent columns, the c-th four of row r; tiles that stick out of y write nothing there.
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

fn store_tile(tile: Tile, row: u32, col4: u32) {
  store(row, col4, tile.low[0]);
  store(row + 1u, col4, tile.low[1]);
  store(row + 2u, col4, tile.low[2]);
  store(row + 3u, col4, tile.low[3]);
  store(row + 4u, col4, tile.high[0]);
  store(row + 5u, col4, tile.high[1]);
  store(row + 6u, col4, tile.high[2]);
  store(row + 7u, col4, tile.high[3]);
}

@compute @workgroup_size(LANES)
fn forward_nt(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let inner4 = params.inner / 4u;
  let row = group.y * 8u;
  let col4 = group.x * LANES + local.x;
  let low = min(row + local.x, params.rows - 1u) * inner4;
  let high = min(row + LANES + local.x, params.rows - 1u) * inner4;
  let first = min(col4, params.cols / 4u - 1u) * params.inner; // of the first of the lane's four rows of b
  var tile = Tile();
  for (var i = 0u; i < inner4; i++) {
    let j = first + i;
    let w = transpose(mat4x4<f32>(b[j], b[j + inner4], b[j + 2u * inner4], b[j + 3u * inner4]));
    tile.low = plus_rows(tile.low, w, a[low + i]);
    tile.high = plus_rows(tile.high, w, a[high + i]);
  }
  store_tile(tile, row, col4);
}

@compute @workgroup_size(LANES)
fn forward_nn(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let inner4 = params.inner / 4u;
  let cols4 = params.cols / 4u;
  let row = group.y * 8u;
  let col4 = group.x * LANES + local.x;
  let low = min(row + local.x, params.rows - 1u) * inner4;
  let high = min(row + LANES + local.x, params.rows - 1u) * inner4;
  let first = min(col4, cols4 - 1u);
  var tile = Tile();
  for (var i = 0u; i < inner4; i++) {
    let j = first + i * params.cols;
    let w = mat4x4<f32>(b[j], b[j + cols4], b[j + 2u * cols4], b[j + 3u * cols4]);
    tile.low = plus_rows(tile.low, w, a[low + i]);
    tile.high = plus_rows(tile.high, w, a[high + i]);
  }
  store_tile(tile, row, col4);
}

@compute @workgroup_size(LANES)
fn forward_tn(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let rows4 = params.rows / 4u;
  let cols4 = params.cols / 4u;
  let col4 = group.x * LANES + local.x;
  let low = min(group.y * 2u, rows4 - 1u);
  let high = min(group.y * 2u + 1u, rows4 - 1u);
  let first = min(col4, cols4 - 1u);
  var tile = Tile();
  for (var i = 0u; i < params.inner; i += LANES) {
    let last = params.inner - 1u;
    // Terms past the end count zero times.
    let live = vec4<f32>(vec4<u32>(i, i + 1u, i + 2u, i + 3u) < vec4<u32>(params.inner));
    let k = min(i + local.x, last) * rows4;
    let w = mat4x4<f32>(
      live.x * b[i * cols4 + first],
      live.y * b[min(i + 1u, last) * cols4 + first],
      live.z * b[min(i + 2u, last) * cols4 + first],
      live.w * b[min(i + 3u, last) * cols4 + first],
    );
    tile.low = plus_columns(tile.low, w, a[k + low]);
    tile.high = plus_columns(tile.high, w, a[k + high]);
  }
  store_tile(tile, group.y * 8u, col4);
}
