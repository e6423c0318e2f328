// rmsnorm: root-mean-square normalisation over the last axis, forward and backward.
//
//   r[n]   = 1 / sqrt(mean_c(x[n,c]^2) + EPS)
//   y      = x * r * gain                                  (Zhang & Sennrich 2019, eq. 4)
//   dx     = r * (gain*dy - x * r^2 * mean_c(gain*dy*x))
//   dgain += sum_n dy * x * r
//
// Shapes    x, y, dx, dy: [rows, cols]   gain, dgain: [cols]   r: [rows]
// Dispatch  forward, backward_dx: one workgroup per row
//           backward_dgain: one workgroup per TILE columns, its invocations are WG / TILE slices of the rows
// Limits    WG a power of two, at least TILE
// Numerics  f32 storage, f32 accumulation

override WG: u32 = 64u;    // invocations per workgroup
override EPS: f32 = 1e-5;  // added to the mean square

const TILE = 8u;           // columns of one workgroup of backward_dgain

struct Params {
  rows: u32,
  cols: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> gain: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<storage, read_write> r: array<f32>;
@group(0) @binding(5) var<storage, read> dy: array<f32>;
@group(0) @binding(6) var<storage, read_write> dx: array<f32>;
@group(0) @binding(7) var<storage, read_write> dgain: array<f32>;

var<workgroup> partial: array<f32, WG>;

// <shared linear_group>
// Index of the workgroup in a grid that was split over x and y.
fn linear_group(group: vec3<u32>, groups: vec3<u32>) -> u32 {
  return group.x + group.y * groups.x;
}
// </shared linear_group>

// <shared workgroup_sum>
// Sum of `value` over the workgroup. Every invocation must call it; all receive the total.
fn workgroup_sum(value: f32, lane: u32) -> f32 {
  workgroupBarrier(); // an earlier call may still be reading `partial`
  partial[lane] = value;
  workgroupBarrier();
  for (var stride = WG / 2u; stride > 0u; stride /= 2u) {
    if (lane < stride) { partial[lane] += partial[lane + stride]; }
    workgroupBarrier();
  }
  return partial[0];
}
// </shared workgroup_sum>

// <shared slice_sum>
// Sum of `value` over the row slices of the caller's column, lane % TILE. Every invocation must call it.
fn slice_sum(value: f32, lane: u32) -> f32 {
  workgroupBarrier(); // an earlier call may still be reading `partial`
  partial[lane] = value;
  workgroupBarrier();
  var sum = 0.0;
  for (var i = lane % TILE; i < WG; i += TILE) { sum += partial[i]; }
  return sum;
}
// </shared slice_sum>

@compute @workgroup_size(WG)
fn forward(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = linear_group(group, groups);
  let cols = select(0u, params.cols, row < params.rows); // a surplus workgroup reads and writes nothing
  let base = row * params.cols;
  var square = 0.0;
  for (var c = lane; c < cols; c += WG) { square += x[base + c] * x[base + c]; }
  let scale = inverseSqrt(workgroup_sum(square, lane) / f32(params.cols) + EPS);
  for (var c = lane; c < cols; c += WG) { y[base + c] = x[base + c] * scale * gain[c]; }
  if (lane == 0u && row < params.rows) { r[row] = scale; }
}

@compute @workgroup_size(WG)
fn backward_dx(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = linear_group(group, groups);
  let cols = select(0u, params.cols, row < params.rows); // a surplus workgroup reads and writes nothing
  let base = row * params.cols;
  let scale = r[row];
  var dot = 0.0;
  for (var c = lane; c < cols; c += WG) { dot += gain[c] * dy[base + c] * x[base + c]; }
  let mean_dot = workgroup_sum(dot, lane) / f32(params.cols);
  for (var c = lane; c < cols; c += WG) {
    dx[base + c] = scale * (gain[c] * dy[base + c] - x[base + c] * scale * scale * mean_dot);
  }
}

@compute @workgroup_size(WG)
fn backward_dgain(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let c = group.x * TILE + lane % TILE;
  let rows = select(0u, params.rows, c < params.cols); // a surplus column reads and writes nothing
  var sum = 0.0;
  for (var n = lane / TILE; n < rows; n += WG / TILE) {
    let i = n * params.cols + c;
    sum += dy[i] * x[i] * r[n];
  }
  let total = slice_sum(sum, lane);
  if (lane < TILE && c < params.cols) { dgain[c] += total; } // accumulates across micro-batches
}
