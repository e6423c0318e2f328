// matmul_register: matrix product from a register tile per invocation, without workgroup memory or barriers.
//
//   y[r,c] = scale * sum_i opa(a)[r,i] * opb(b)[i,c]  (+ bias[c]) (+ residual[r,c]) (+ y[r,c])
//
// Made for adapters that run the invocations of a workgroup as lanes of one vector unit: all lanes share the rows of
// their tile, so every load of `a` is uniform, and each load of `b` is used TILE_ROWS times.
//
// Shapes    y, residual: [rows, cols]   bias: [cols]
//           forward_nt: a [rows, inner], b [cols, inner]    forward_nn: a [rows, inner], b [inner, cols]
//           forward_tn: a [inner, rows], b [inner, cols]
// Dispatch  one invocation owns TILE_ROWS x 4 adjacent columns; workgroup (x, y) owns 4 WG columns, TILE_ROWS rows
// Limits    cols a multiple of 4;  inner a multiple of 4 (nt, nn);  rows a multiple of 4 (tn);
//           rows <= 65535 * TILE_ROWS;  cols <= 65535 * 4 * WG
// Numerics  f32 storage, f32 accumulation in the order of i;  y = or += by `accumulate`

override WG: u32 = 8u; // invocations per workgroup

const TILE_ROWS = 8u;

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

@compute @workgroup_size(WG)
fn forward_nt(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let inner4 = params.inner / 4u;
  let row = group.y * TILE_ROWS;
  let col4 = group.x * WG + local.x;
  let first = min(col4, params.cols / 4u - 1u) * params.inner; // of the first of four rows of b
  var sum: array<vec4<f32>, TILE_ROWS>;
  for (var i = 0u; i < inner4; i++) {
    let j = first + i;
    let w = mat4x4<f32>(b[j], b[j + inner4], b[j + 2u * inner4], b[j + 3u * inner4]);
    for (var r = 0u; r < TILE_ROWS; r++) {
      sum[r] += a[min(row + r, params.rows - 1u) * inner4 + i] * w;
    }
  }
  for (var r = 0u; r < TILE_ROWS; r++) { store(row + r, col4, sum[r]); }
}

@compute @workgroup_size(WG)
fn forward_nn(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let inner4 = params.inner / 4u;
  let cols4 = params.cols / 4u;
  let row = group.y * TILE_ROWS;
  let col4 = group.x * WG + local.x;
  let first = min(col4, cols4 - 1u);
  var sum: array<vec4<f32>, TILE_ROWS>;
  for (var i = 0u; i < inner4; i++) {
    let j = first + i * params.cols;
    let w = mat4x4<f32>(b[j], b[j + cols4], b[j + 2u * cols4], b[j + 3u * cols4]);
    for (var r = 0u; r < TILE_ROWS; r++) {
      sum[r] += w * a[min(row + r, params.rows - 1u) * inner4 + i];
    }
  }
  for (var r = 0u; r < TILE_ROWS; r++) { store(row + r, col4, sum[r]); }
}

@compute @workgroup_size(WG)
fn forward_tn(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let rows4 = params.rows / 4u;
  let cols4 = params.cols / 4u;
  let row = group.y * TILE_ROWS;
  let col4 = group.x * WG + local.x;
  let first = min(col4, cols4 - 1u);
  let left = min(row / 4u, rows4 - 1u);
  let right = min(row / 4u + 1u, rows4 - 1u);
  var sum: array<vec4<f32>, TILE_ROWS>;
  for (var i = 0u; i < params.inner; i++) {
    let w = b[i * cols4 + first];
    let u = a[i * rows4 + left];
    let v = a[i * rows4 + right];
    for (var r = 0u; r < 4u; r++) {
      sum[r] += u[r] * w;
      sum[4u + r] += v[r] * w;
    }
  }
  for (var r = 0u; r < TILE_ROWS; r++) { store(row + r, col4, sum[r]); }
}
