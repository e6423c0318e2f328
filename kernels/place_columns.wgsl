// place_columns: a block of columns copied to its place in a wider matrix.
//
//   y[r, first + c] = x[r, c]
//
// Shapes    x: [rows, cols]   y: [rows, width], first + cols <= width
// Dispatch  forward: one workgroup per row
// Limits    none
// Numerics  f32 storage, copied as it is;  y = outside the block untouched

override WG: u32 = 64u;  // invocations per workgroup

struct Params {
  rows: u32,
  cols: u32,
  width: u32,
  first: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

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
  let row = linear_group(group, groups);
  if (row >= params.rows) { return; }
  let goal = row * params.width + params.first;
  for (var c = lane; c < params.cols; c += WG) { y[goal + c] = x[row * params.cols + c]; }
}
