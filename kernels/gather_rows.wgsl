// gather_rows: the rows that predict something, in pair order, forward and backward.
//
//   y[p]  = x[row[p]]
//   dx[t] = sum of dy[p] over p in [start[t], start[t+1])
//
// Shapes    x, dx: [rows, cols]   y, dy: [pairs, cols]   row: [pairs], ascending   start: [rows + 1]
// Dispatch  forward: one workgroup per pair;  backward_dx: one workgroup per row
// Limits    row[p] < rows
// Numerics  f32 storage, f32 accumulation

override WG: u32 = 64u;  // invocations per workgroup

struct Params {
  rows: u32,
  cols: u32,
  pairs: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> row: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<storage, read> start: array<u32>;
@group(0) @binding(5) var<storage, read> dy: array<f32>;
@group(0) @binding(6) var<storage, read_write> dx: array<f32>;

// <shared linear_group>
// Index of the workgroup in a grid that was split over x and y.
fn linear_group(group: vec3<u32>, groups: vec3<u32>) -> u32 {
  return group.x + group.y * groups.x;
}
// </shared linear_group>

@compute @workgroup_size(WG)
fn forward(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let pair = linear_group(group, groups);
  if (pair >= params.pairs) { return; }
  let source = row[pair] * params.cols;
  for (var c = lane; c < params.cols; c += WG) { y[pair * params.cols + c] = x[source + c]; }
}

@compute @workgroup_size(WG)
fn backward_dx(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let t = linear_group(group, groups);
  if (t >= params.rows) { return; }
  let end = start[t + 1u];
  for (var c = lane; c < params.cols; c += WG) {
    var sum = 0.0;
    for (var p = start[t]; p < end; p++) { sum += dy[p * params.cols + c]; }
    dx[t * params.cols + c] = sum;
  }
}
