// pack_half: numbers rounded to halves, two a word.
//
//   y[i] = half(x[i])        beyond the halves' range: the largest half of that sign
//
// Shapes    x: [count], f32   y: [count], halves
// Dispatch  forward: one workgroup per WG * SHARE fours
// Limits    count a multiple of four
// Numerics  rounding is the adapter's: to the nearest half or to a neighbour of it

override WG: u32 = 64u;    // invocations per workgroup
override SHARE: u32 = 4u;  // fours of one invocation

const LARGEST: f32 = 65504.0;

struct Params {
  fours: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec2<u32>>;

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
  let end = min(first + WG * SHARE, params.fours);
  for (var i = first + lane; i < end; i += WG) {
    let value = clamp(x[i], vec4(-LARGEST), vec4(LARGEST));
    y[i] = vec2(pack2x16float(value.xy), pack2x16float(value.zw));
  }
}
