// bias: one value per column added to every row in place, forward and backward.
//
//   y[n,c]  <- y[n,c] + bias[c]
//   dbias[c] += sum_n dy[n,c]          dy passes unchanged to what y was
//
// Shapes    y, dy: [rows, cols]   bias, dbias: [cols]
// Dispatch  forward: one workgroup per row
//           backward_dbias: one workgroup per TILE columns, its invocations are WG / TILE slices of the rows
// Limits    WG a multiple of TILE
// Numerics  f32 storage, f32 accumulation

override WG: u32 = 64u;  // invocations per workgroup

const TILE = 8u;         // columns of one workgroup of backward_dbias

struct Params {
  rows: u32,
  cols: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> bias: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<storage, read> dy: array<f32>;
@group(0) @binding(4) var<storage, read_write> dbias: array<f32>;

var<workgroup> partial: array<f32, WG>;

// <shared linear_group>
// Index of the workgroup in a grid that was split over x and y.
fn linear_group(group: vec3<u32>, groups: vec3<u32>) -> u32 {
  return group.x + group.y * groups.x;
}
// </shared linear_group>

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
  if (row >= params.rows) { return; }
  for (var c = lane; c < params.cols; c += WG) { y[row * params.cols + c] += bias[c]; }
}

@compute @workgroup_size(WG)
fn backward_dbias(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let c = group.x * TILE + lane % TILE;
  let rows = select(0u, params.rows, c < params.cols); // a surplus column reads and writes nothing
  var sum = 0.0;
  for (var n = lane / TILE; n < rows; n += WG / TILE) { sum += dy[n * params.cols + c]; }
  let total = slice_sum(sum, lane);
  if (lane < TILE && c < params.cols) { dbias[c] += total; } // accumulates across micro-batches
}
