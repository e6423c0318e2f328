// add: residual sums, and the summing of gradients where two paths meet.
//
//   forward     y = a + b           (both gradients are dy itself)
//   accumulate  y <- y + a
//
// Shapes    a, b, y: [count]
// Dispatch  one workgroup per WG * SHARE elements
// Limits    none
// Numerics  f32

override WG: u32 = 64u;     // invocations per workgroup
override SHARE: u32 = 16u;  // elements of one invocation

struct Params {
  count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

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
  let first = linear_group(group, groups) * WG * SHARE;
  let end = min(first + WG * SHARE, params.count);
  for (var i = first + lane; i < end; i += WG) { y[i] = a[i] + b[i]; }
}

@compute @workgroup_size(WG)
fn accumulate(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let first = linear_group(group, groups) * WG * SHARE;
  let end = min(first + WG * SHARE, params.count);
  for (var i = first + lane; i < end; i += WG) { y[i] += a[i]; }
}
