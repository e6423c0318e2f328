// pool: one vector of length 1 per segment of rows, their mean or the last of them.
//
//   m    = mean over rows n in [start, end) of x[n]     or, with `last`, x[end - 1]
//   y[s] = m / |m|, zero where m is zero
//
// Shapes    x: [rows, cols]   bounds: [segments, 2] = (start, end)   y: [segments, cols]
// Dispatch  forward: one workgroup per segment
// Limits    WG a power of two;  start < end <= rows
// Numerics  f32 storage, f32 accumulation

override WG: u32 = 64u;  // invocations per workgroup

struct Params {
  segments: u32,
  cols: u32,
  last: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> bounds: array<vec2<u32>>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

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
  let segment = linear_group(group, groups);
  let cols = select(0u, params.cols, segment < params.segments); // a surplus workgroup reads and writes nothing
  let end = bounds[segment].y;
  let start = select(bounds[segment].x, end - 1u, params.last == 1u);
  var square = 0.0;
  for (var c = lane; c < cols; c += WG) {
    var sum = 0.0;
    for (var n = start; n < end; n++) { sum += x[n * params.cols + c]; }
    let mean = sum / f32(end - start);
    y[segment * params.cols + c] = mean;
    square += mean * mean;
  }
  let scale = inverseSqrt(max(workgroup_sum(square, lane), 1e-30));
  for (var c = lane; c < cols; c += WG) { y[segment * params.cols + c] *= scale; }
}
