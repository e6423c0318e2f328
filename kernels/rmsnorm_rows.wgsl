// rmsnorm_rows: the passes of rmsnorm.wgsl that go over rows, a row an invocation, for adapters whose lanes load one by
// one anyway and pay for barriers.
//
//   r[n] = 1 / sqrt(mean_c(x[n,c]^2) + EPS)
//   y    = x * r * gain                                    (Zhang & Sennrich 2019, eq. 4)
//   dx   = r * (gain*dy - x * r^2 * mean_c(gain*dy*x))
//
// Shapes    x, y, dx, dy: [rows, cols]   gain: [cols]   r: [rows]
// Dispatch  forward, backward_dx: one invocation per row
// Limits    cols a multiple of 4
// Numerics  f32 storage, f32 accumulation

override WG: u32 = 8u;     // invocations per workgroup
override EPS: f32 = 1e-5;  // added to the mean square

struct Params {
  rows: u32,
  cols: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> gain: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> r: array<f32>;
@group(0) @binding(5) var<storage, read> dy: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> dx: array<vec4<f32>>;

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
  let row = linear_group(group, groups) * WG + lane;
  if (row >= params.rows) { return; }
  let width = params.cols / 4u;
  let base = row * width;
  var square = vec4(0.0); // four sums in parallel lose less than one
  for (var c = 0u; c < width; c++) { square += x[base + c] * x[base + c]; }
  let scale = inverseSqrt(dot(square, vec4(1.0)) / f32(params.cols) + EPS);
  for (var c = 0u; c < width; c++) { y[base + c] = x[base + c] * scale * gain[c]; }
  r[row] = scale;
}

@compute @workgroup_size(WG)
fn backward_dx(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = linear_group(group, groups) * WG + lane;
  if (row >= params.rows) { return; }
  let width = params.cols / 4u;
  let base = row * width;
  let scale = r[row];
  var sum = vec4(0.0);
  for (var c = 0u; c < width; c++) { sum += gain[c] * dy[base + c] * x[base + c]; }
  let mean = dot(sum, vec4(1.0)) / f32(params.cols);
  for (var c = 0u; c < width; c++) {
    dx[base + c] = scale * (gain[c] * dy[base + c] - x[base + c] * scale * scale * mean);
  }
}
