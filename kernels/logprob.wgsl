// logprob: log-probability of one token per row under the temperature-scaled softmax, forward and backward.
//
//   z = logits / temperature    lse = log sum_c exp(z[c])    p = exp(z - lse)
//   logp    = z[token] - lse
//   entropy = lse - sum_c p[c] * z[c]
//   logits <- dlogits = g * (onehot(token) - p) / temperature,  where g = dL/dlogp
//
// The vocabulary may come in chunks of columns, left to right: `state` carries (max, sum, weighted, z[token]) with
// sum = sum_c exp(z - max) and weighted = sum_c exp(z - max) * (z - max), so that entropy = log sum - weighted / sum.
// After the last chunk lse, logp and entropy are those of the whole row.
//
// Shapes    logits: [rows, cols], columns [column, column + cols) of the vocabulary   state: [rows, 4]
//           token: [rows], in the whole vocabulary   lse, logp, entropy, g: [rows]
// Dispatch  forward, backward_dlogits: one workgroup per row
// Limits    WG a power of two;  temperature > 0;  the first chunk has column = 0
// Numerics  f32; the running maximum is subtracted before every exp

override WG: u32 = 64u;  // invocations per workgroup

const LOWEST: f32 = -3.4028234e38;

struct Params {
  rows: u32,
  cols: u32,
  column: u32,
  temperature: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> logits: array<f32>;
@group(0) @binding(2) var<storage, read> token: array<u32>;
@group(0) @binding(3) var<storage, read_write> state: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> lse: array<f32>;
@group(0) @binding(5) var<storage, read_write> logp: array<f32>;
@group(0) @binding(6) var<storage, read_write> entropy: array<f32>;
@group(0) @binding(7) var<storage, read> g: array<f32>;

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

// <shared workgroup_max>
// Largest `value` of the workgroup. Every invocation must call it; all receive it.
fn workgroup_max(value: f32, lane: u32) -> f32 {
  workgroupBarrier(); // an earlier call may still be reading `partial`
  partial[lane] = value;
  workgroupBarrier();
  for (var stride = WG / 2u; stride > 0u; stride /= 2u) {
    if (lane < stride) { partial[lane] = max(partial[lane], partial[lane + stride]); }
    workgroupBarrier();
  }
  return partial[0];
}
// </shared workgroup_max>

@compute @workgroup_size(WG)
fn forward(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = linear_group(group, groups);
  let cols = select(0u, params.cols, row < params.rows); // a surplus workgroup reads and writes nothing
  let base = row * params.cols;
  let before = select(state[row], vec4(LOWEST, 0.0, 0.0, 0.0), params.column == 0u);
  var top = LOWEST;
  for (var c = lane; c < cols; c += WG) { top = max(top, logits[base + c] / params.temperature); }
  top = max(before.x, workgroup_max(top, lane));
  var sum = 0.0;
  var weighted = 0.0;
  for (var c = lane; c < cols; c += WG) {
    let below = logits[base + c] / params.temperature - top;
    let share = exp(below);
    sum += share;
    weighted += share * below;
  }
  sum = workgroup_sum(sum, lane);
  weighted = workgroup_sum(weighted, lane);
  if (lane == 0u && row < params.rows) {
    let drop = max(before.x - top, -80.0); // exp(-80) of an empty or negligible state
    let kept = exp(drop) * before.y;
    var now = vec4(top, sum + kept, weighted + exp(drop) * before.z + drop * kept, before.w);
    let local = token[row] - params.column; // wraps far above cols for an earlier chunk
    if (local < cols) { now.w = logits[base + local] / params.temperature; }
    state[row] = now;
    lse[row] = top + log(now.y);
    logp[row] = now.w - top - log(now.y);
    entropy[row] = log(now.y) - now.z / now.y;
  }
}

@compute @workgroup_size(WG)
fn backward_dlogits(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = linear_group(group, groups);
  if (row >= params.rows) { return; }
  let base = row * params.cols;
  let scale = g[row] / params.temperature;
  let local = token[row] - params.column; // wraps far above cols for another chunk
  for (var c = lane; c < params.cols; c += WG) {
    let p = exp(logits[base + c] / params.temperature - lse[row]);
    logits[base + c] = scale * (select(0.0, 1.0, c == local) - p);
  }
}
