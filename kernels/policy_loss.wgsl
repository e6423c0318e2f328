// policy_loss: clipped policy-gradient loss of one sampled token per row, with its gradient; and weighted likelihood.
//
//   ratio     = exp(logp - old)                                           (Schulman et al. 2017, eq. 7)
//   surrogate = min(ratio * A, clip(ratio, 1 - low, 1 + high) * A)        (two bounds: Yu et al. 2025, eq. 8)
//   surrogate = max(surrogate, dual * A) where A < 0 and dual > 0         (Ye et al. 2020, eq. 5)
//   penalty   = exp(reference - logp) - (reference - logp) - 1            (k3: Shao et al. 2024, eq. 4)
//   loss      = weight * (kl * penalty - surrogate)
//   g         = dloss/dlogp
//             = weight * (kl * (1 - exp(reference - logp)) - [surrogate is ratio * A] * ratio * A)
//   likelihood: loss = -weight * logp, g = -weight
//
// Shapes    logp, old, reference, advantage, weight, g: [rows]
//           terms: [rows, 4] = (loss, ratio, 1 if clipped, penalty)
// Dispatch  clipped, likelihood: one invocation per row
// Limits    none
// Numerics  f32; differences of log-probabilities are held within +-LIMIT before exp

override WG: u32 = 64u;  // invocations per workgroup

const LIMIT: f32 = 20.0;

struct Params {
  rows: u32,
  low: f32,
  high: f32,
  dual: f32,
  kl: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logp: array<f32>;
@group(0) @binding(2) var<storage, read> old: array<f32>;
@group(0) @binding(3) var<storage, read> reference: array<f32>;
@group(0) @binding(4) var<storage, read> advantage: array<f32>;
@group(0) @binding(5) var<storage, read> weight: array<f32>;
@group(0) @binding(6) var<storage, read_write> g: array<f32>;
@group(0) @binding(7) var<storage, read_write> terms: array<vec4<f32>>;

// <shared linear_group>
// Index of the workgroup in a grid that was split over x and y.
fn linear_group(group: vec3<u32>, groups: vec3<u32>) -> u32 {
  return group.x + group.y * groups.x;
}
// </shared linear_group>

@compute @workgroup_size(WG)
fn clipped(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = linear_group(group, groups) * WG + lane;
  if (row >= params.rows) { return; }
  let a = advantage[row];
  let ratio = exp(clamp(logp[row] - old[row], -LIMIT, LIMIT));
  let free = ratio * a;
  var surrogate = min(free, clamp(ratio, 1.0 - params.low, 1.0 + params.high) * a);
  if (a < 0.0 && params.dual > 0.0) { surrogate = max(surrogate, params.dual * a); }
  let away = clamp(reference[row] - logp[row], -LIMIT, LIMIT);
  let penalty = exp(away) - away - 1.0;
  let inside = surrogate == free;
  g[row] = weight[row] * (params.kl * (1.0 - exp(away)) - select(0.0, free, inside));
  let loss = weight[row] * (params.kl * penalty - surrogate);
  terms[row] = vec4(loss, ratio, select(1.0, 0.0, inside), penalty);
}

@compute @workgroup_size(WG)
fn likelihood(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = linear_group(group, groups) * WG + lane;
  if (row >= params.rows) { return; }
  g[row] = -weight[row];
  terms[row] = vec4(-weight[row] * logp[row], 1.0, 0.0, 0.0);
}
