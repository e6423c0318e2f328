// embedding: rows of a table by token, forward and backward.
//
//   x[t]       = table[token[t]]
//   dtable[v] += sum of dx[t] over the t with token[t] = v, in the order of `order`
//
// The table may come in blocks of rows: forward then writes the rows of x whose token is in the block, so that after all
// blocks each is written once.
//
// Shapes    table, dtable: [count, cols], tokens [first, first + count)   token, order: [rows]   start: [vocab + 1]
//           x, dx: [rows, cols];  order[start[v] .. start[v+1]) are the rows whose token is v
// Dispatch  forward: one workgroup per row;  backward_dtable: one workgroup per table row
// Limits    none
// Numerics  f32 storage, f32 accumulation

override WG: u32 = 64u;  // invocations per workgroup

struct Params {
  rows: u32,
  cols: u32,
  count: u32,
  first: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> table: array<f32>;
@group(0) @binding(2) var<storage, read> token: array<u32>;
@group(0) @binding(3) var<storage, read_write> x: array<f32>;
@group(0) @binding(4) var<storage, read> order: array<u32>;
@group(0) @binding(5) var<storage, read> start: array<u32>;
@group(0) @binding(6) var<storage, read> dx: array<f32>;
@group(0) @binding(7) var<storage, read_write> dtable: array<f32>;

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
  let local = token[row] - params.first; // wraps far above count for an earlier block
  if (local >= params.count) { return; }
  let source = local * params.cols;
  for (var c = lane; c < params.cols; c += WG) { x[row * params.cols + c] = table[source + c]; }
}

@compute @workgroup_size(WG)
fn backward_dtable(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = linear_group(group, groups);
  if (row >= params.count) { return; }
  let first = start[params.first + row];
  let end = start[params.first + row + 1u];
  if (first == end) { return; }
  for (var c = lane; c < params.cols; c += WG) {
    var sum = 0.0;
    for (var i = first; i < end; i++) { sum += dx[order[i] * params.cols + c]; }
    dtable[row * params.cols + c] += sum; // accumulates across micro-batches
  }
}
