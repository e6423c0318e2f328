// global_norm: Euclidean norm of all gradients together, and the factor that clips it.
//
//   partials[j]  = sum of dw^2 over the j-th share of one tensor
//   norm         = sqrt(sum_j partials[j])
//   clip         = min(1, limit / norm)               (Pascanu et al. 2013, algorithm 1)
//
// Shapes    dw: [count]   partials: [shares]   norm, clip: [1]
// Dispatch  square: one workgroup per share of SHARE elements, written from partials[first] on
//           forward: one workgroup
// Limits    WG a power of two
// Numerics  f32 storage, f32 accumulation in a fixed order

override WG: u32 = 256u;  // invocations per workgroup

const SHARE = 8192u;      // elements of one partial sum

struct Params {
  count: u32,
  first: u32,
  limit: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dw: array<f32>;
@group(0) @binding(2) var<storage, read_write> partials: array<f32>;
@group(0) @binding(3) var<storage, read_write> norm: array<f32>;
@group(0) @binding(4) var<storage, read_write> clip: array<f32>;

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
fn square(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let share = linear_group(group, groups);
  let begin = share * SHARE;
  let end = min(begin + SHARE, params.count); // a surplus workgroup has begin >= end
  var sum = 0.0;
  for (var i = begin + lane; i < end; i += WG) { sum += dw[i] * dw[i]; }
  sum = workgroup_sum(sum, lane);
  if (lane == 0u && begin < params.count) { partials[params.first + share] = sum; }
}

@compute @workgroup_size(WG)
fn forward(@builtin(local_invocation_index) lane: u32) {
  var sum = 0.0;
  for (var j = lane; j < params.count; j += WG) { sum += partials[j]; }
  let length = sqrt(workgroup_sum(sum, lane));
  if (lane == 0u) {
    norm[0] = length;
    clip[0] = min(1.0, params.limit / max(length, 1e-30));
  }
}
