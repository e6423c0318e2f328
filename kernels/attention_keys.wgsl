// attention_keys: the passes of attention.wgsl's gradient that are owned by keys, and the delta that both sides need.
//
//   p     = exp(scale * q[n] . k[j] - lse[n])     delta[n] = dy[n] . y[n]    (Dao et al. 2022, algorithm 4)
//   dk[j] = scale * sum_n p * (dy[n] . v[j] - delta[n]) * q[n]               dv[j] = sum_n p * dy[n]
//   summed over the queries n that see j, of all heads of the key head's group
//
// Shapes    reach: [slots], key j is seen by exactly the queries in [j, reach[j])
//           q, y, dy: [queries, heads, dim]   k, v, dk, dv: [slots, heads / group, dim]
//           stats: [queries, heads, 2] = (lse, delta)
// Dispatch  backward_delta: one invocation per query and head, before all other gradients
//           backward_dkv: one invocation per ROWS keys of a key head, so that a query, once loaded, serves ROWS keys
// Limits    slots = queries;  DIM a multiple of 4;  ROWS <= 4, params.rows = ROWS;  ROWS * DIM <= 128
// Numerics  f32 storage, f32 accumulation

override WG: u32 = 8u;    // invocations per workgroup
override DIM: u32 = 32u;  // length of a head
override ROWS: u32 = 4u;  // rows of one invocation

struct Params {
  queries: u32,
  slots: u32,
  heads: u32,
  group: u32,
  rows: u32,
  scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> reach: array<u32>;
@group(0) @binding(2) var<storage, read> q: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> k: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> v: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> y: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> stats: array<vec2<f32>>;
@group(0) @binding(7) var<storage, read> dy: array<vec4<f32>>;
@group(0) @binding(8) var<storage, read_write> dk: array<vec4<f32>>;
@group(0) @binding(9) var<storage, read_write> dv: array<vec4<f32>>;

// [ROWS, DIM / 4] of this invocation: k, v, and the sums made for them. Rows are filled from the back and emptied from
// the front by moving all of them, in loops of params.rows turns that no compiler unrolls: every index stays a constant
// and the code stays short.
var<private> own: array<vec4<f32>, 32>;
var<private> own_too: array<vec4<f32>, 32>;
var<private> sum: array<vec4<f32>, 32>;
var<private> sum_too: array<vec4<f32>, 32>;

// <shared linear_group>
// Index of the workgroup in a grid that was split over x and y.
fn linear_group(group: vec3<u32>, groups: vec3<u32>) -> u32 {
  return group.x + group.y * groups.x;
}
// </shared linear_group>

fn shift_own() {
  for (var c = 0u; c < (ROWS - 1u) * DIM / 4u; c++) {
    own[c] = own[c + DIM / 4u];
    own_too[c] = own_too[c + DIM / 4u];
  }
}

fn shift_sums() {
  for (var c = 0u; c < (ROWS - 1u) * DIM / 4u; c++) {
    sum[c] = sum[c + DIM / 4u];
    sum_too[c] = sum_too[c + DIM / 4u];
  }
}

@compute @workgroup_size(WG)
fn backward_delta(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = linear_group(group, groups) * WG + lane;
  if (row >= params.queries * params.heads) { return; }
  var delta = 0.0;
  for (var c = row * DIM / 4u; c < (row + 1u) * DIM / 4u; c++) { delta += dot(dy[c], y[c]); }
  stats[row].y = delta;
}

@compute @workgroup_size(WG)
fn backward_dkv(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let id = linear_group(group, groups) * WG + lane;
  let key_heads = params.heads / params.group;
  let width = DIM / 4u;
  let first = id / key_heads * ROWS;
  var end: array<u32, 4>;
  var last = 0u;
  for (var r = 0u; r < ROWS; r++) {
    end[r] = select(0u, reach[first + r], first + r < params.slots);
    last = max(last, end[r]);
  }
  for (var r = 0u; r < params.rows; r++) {
    let origin = ((first + r) * key_heads + id % key_heads) * width;
    shift_own();
    for (var c = 0u; c < width; c++) {
      own[(ROWS - 1u) * width + c] = k[origin + c];
      own_too[(ROWS - 1u) * width + c] = v[origin + c];
    }
  }
  for (var i = first * params.group; i < last * params.group; i++) {
    let n = i / params.group;
    let row = n * params.heads + id % key_heads * params.group + i % params.group;
    let stat = stats[row];
    var s = array<f32, 4>(); // not every compiler clears a bare declaration on each turn of a loop
    var dp = array<f32, 4>();
    for (var c = 0u; c < width; c++) {
      let query = q[row * width + c];
      let d = dy[row * width + c];
      for (var r = 0u; r < ROWS; r++) {
        s[r] += dot(own[r * width + c], query);
        dp[r] += dot(own_too[r * width + c], d);
      }
    }
    for (var r = 0u; r < ROWS; r++) {
      let visible = n >= first + r && n < end[r];
      let p = select(0.0, exp(params.scale * s[r] - stat.x), visible);
      s[r] = params.scale * p * (dp[r] - stat.y);
      dp[r] = p;
    }
    for (var c = 0u; c < width; c++) {
      let query = q[row * width + c];
      let d = dy[row * width + c];
      for (var r = 0u; r < ROWS; r++) {
        sum[r * width + c] += s[r] * query;
        sum_too[r * width + c] += dp[r] * d;
      }
    }
  }
  for (var r = 0u; r < params.rows; r++) {
    let goal = ((first + r) * key_heads + id % key_heads) * width;
    if (first + r < params.slots) {
      for (var c = 0u; c < width; c++) {
        dk[goal + c] = sum[c];
        dv[goal + c] = sum_too[c];
      }
    }
    shift_sums();
  }
}
