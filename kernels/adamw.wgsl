// adamw: one step of Adam with decoupled weight decay on one tensor.
//
//   d    = clip * dw                      clip: the factor of global_norm.wgsl
//   m   <- m + (1 - beta1) * (d - m)      v <- v + (1 - beta2) * (d^2 - v)
//   w   <- w - rate * decay * w - rate * (m / correction1) / (sqrt(v / correction2) + EPS)
//   correction_i = 1 - beta_i^step        (Loshchilov & Hutter 2019, algorithm 2)
//
// Shapes    w, dw, m, v: [count]   clip: [1]
// Dispatch  forward: one workgroup per WG * SHARE elements
// Limits    none
// Numerics  f32 storage and arithmetic

override WG: u32 = 64u;     // invocations per workgroup
override SHARE: u32 = 16u;  // elements of one invocation
override EPS: f32 = 1e-8;   // keeps the divisor from zero

struct Params {
  count: u32,
  rate: f32,
  decay: f32,
  beta1: f32,
  beta2: f32,
  correction1: f32,
  correction2: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dw: array<f32>;
@group(0) @binding(2) var<storage, read> clip: array<f32>;
@group(0) @binding(3) var<storage, read_write> w: array<f32>;
@group(0) @binding(4) var<storage, read_write> m: array<f32>;
@group(0) @binding(5) var<storage, read_write> v: array<f32>;

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
  let factor = clip[0];
  for (var i = first + lane; i < end; i += WG) {
    let d = factor * dw[i];
    let mean = m[i] + (1.0 - params.beta1) * (d - m[i]);
    let square = v[i] + (1.0 - params.beta2) * (d * d - v[i]);
    let step = (mean / params.correction1) / (sqrt(square / params.correction2) + EPS);
    m[i] = mean;
    v[i] = square;
    w[i] -= params.rate * (params.decay * w[i] + step);
  }
}
