// rmsnorm_vec4: the passes of rmsnorm.wgsl that go over rows, four columns at a time.
//
//   r[n] = 1 / sqrt(mean_c(x[n,c]^2) + EPS)
//   y    = x * r * gain                                    (Zhang & Sennrich 2019, eq. 4)
//   dx   = r * (gain*dy - x * r^2 * mean_c(gain*dy*x))
//
// Shapes    x, y, dx, dy: [rows, cols]   gain: [cols]   r: [rows]
// Dispatch  forward, backward_dx: one workgroup per row
// Limits    WG a power of two;  cols a multiple of 4
// Numerics  f32 storage, f32 accumulation

override WG: u32 = 64u;    // invocations per workgroup
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

@compute @workgroup_size(WG)
fn forward(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = linear_group(group, groups);
  let width = params.cols / 4u;
  let end = select(0u, width, row < params.rows); // a surplus workgroup reads and writes nothing
  let base = row * width;
  var square = 0.0;
  for (var c = lane; c < end; c += WG) { square += dot(x[base + c], x[base + c]); }
  let scale = inverseSqrt(workgroup_sum(square, lane) / f32(params.cols) + EPS);
  for (var c = lane; c < end; c += WG) { y[base + c] = x[base + c] * scale * gain[c]; }
  if (lane == 0u && row < params.rows) { r[row] = scale; }
}

@compute @workgroup_size(WG)
fn backward_dx(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = linear_group(group, groups);
  let width = params.cols / 4u;
  let end = select(0u, width, row < params.rows); // a surplus workgroup reads and writes nothing
  let base = row * width;
  let scale = r[row];
  var sum = 0.0;
  for (var c = lane; c < end; c += WG) { sum += dot(gain[c] * dy[base + c], x[base + c]); }
  let mean = workgroup_sum(sum, lane) / f32(params.cols);
  for (var c = lane; c < end; c += WG) {
    dx[base + c] = scale * (gain[c] * dy[base + c] - x[base + c] * scale * scale * mean);
  }
}
