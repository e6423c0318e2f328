// attention: causal attention with grouped queries over packed sequences, the passes owned by queries: forward and dq.
//
//   Query n sees key j if j is in [spans[n].x, spans[n].y) or in [spans[n].z, spans[n].w). With the keys and values of
//   head h / group for query head h:
//   s[n,j] = scale * q[n] . k[j]      lse[n] = log sum_j exp(s[n,j])      p = exp(s - lse)
//   y[n]   = sum_j p * v[j]                                                (Vaswani et al. 2017, eq. 1)
//   dq[n]  = scale * sum_j p * (dy[n] . v[j] - delta[n]) * k[j]            (delta: attention_keys.wgsl)
//   Scores never exist in memory: the maximum and the sum of a row run along with y (Milakov & Gimelshein 2018,
//   algorithm 3), and the backward pass makes p again from lse (Dao et al. 2022, algorithm 4).
//
// Shapes    spans: [queries, 4]   q, y, dy, dq: [queries, heads, dim]   k, v: [slots, heads / group, dim]
//           stats: [queries, heads, 2] = (lse, delta)
// Dispatch  forward, backward_dq: one invocation per ROWS rows of a key head, a row being a query of one of its
//           group's heads, so that a key, once loaded, serves ROWS rows
// Limits    DIM a multiple of 4;  ROWS <= 4, params.rows = ROWS;  ROWS * DIM <= 128
// Numerics  f32 storage, f32 accumulation; a query that sees nothing has y = 0

override WG: u32 = 8u;    // invocations per workgroup
override DIM: u32 = 32u;  // length of a head
override ROWS: u32 = 4u;  // rows of one invocation

const LOWEST: f32 = -3.4028234e38;

struct Params {
  queries: u32,
  slots: u32,
  heads: u32,
  group: u32,
  rows: u32,
  scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> spans: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> q: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> k: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> v: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> stats: array<vec2<f32>>;
@group(0) @binding(7) var<storage, read> dy: array<vec4<f32>>;
@group(0) @binding(8) var<storage, read_write> dq: array<vec4<f32>>;

// [ROWS, DIM / 4] of this invocation: q, dy, and the sums made for them. Rows are filled from the back and emptied from
// the front by moving all of them, in loops of params.rows turns that no compiler unrolls: every index stays a constant
// and the code stays short.
var<private> own: array<vec4<f32>, 32>;
var<private> own_too: array<vec4<f32>, 32>;
var<private> sum: array<vec4<f32>, 32>;
// Per row: its place in [queries, heads], its spans, and whether it takes part in the turn.
var<private> place: array<u32, 4>;
var<private> span: array<vec4<u32>, 4>;
var<private> alike: array<bool, 4>;

// <shared linear_group>
// Index of the workgroup in a grid that was split over x and y.
fn linear_group(group: vec3<u32>, groups: vec3<u32>) -> u32 {
  return group.x + group.y * groups.x;
}
// </shared linear_group>

// Places the ROWS queries of one invocation; those beyond the last see nothing.
fn place_queries(block: u32, key_head: u32) {
  for (var r = 0u; r < ROWS; r++) {
    let i = block * ROWS + r;
    let n = i / params.group;
    place[r] = n * params.heads + key_head * params.group + i % params.group;
    span[r] = select(vec4(0u), spans[n], n < params.queries);
  }
}

// The prefix (part 0) or own sequence (part 1) that row r sees.
fn part_span(part: u32, r: u32) -> vec2<u32> {
  return select(span[r].zw, span[r].xy, part == 0u);
}

// End of the keys to visit in the turn of row `leader`, for all rows whose part begins at the same key. None if an
// earlier row's part began there too, since its turn served them.
fn begin_turn(part: u32, leader: u32) -> u32 {
  let start = part_span(part, leader).x;
  var stop = start;
  var served = false;
  for (var r = 0u; r < ROWS; r++) {
    alike[r] = part_span(part, r).x == start;
    stop = max(stop, select(0u, part_span(part, r).y, alike[r]));
    served = served || (alike[r] && r < leader);
  }
  return select(stop, start, served);
}

@compute @workgroup_size(WG)
fn forward(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let id = linear_group(group, groups) * WG + lane;
  let key_heads = params.heads / params.group;
  let width = DIM / 4u;
  place_queries(id / key_heads, id % key_heads);
  var top: array<f32, 4>;
  var total: array<f32, 4>;
  for (var r = 0u; r < ROWS; r++) { top[r] = LOWEST; }
  for (var r = 0u; r < params.rows; r++) {
    let origin = place[r] * width;
    for (var c = 0u; c < (ROWS - 1u) * width; c++) { own[c] = own[c + width]; }
    for (var c = 0u; c < width; c++) { own[(ROWS - 1u) * width + c] = q[origin + c]; }
  }
  for (var turn = 0u; turn < 2u * ROWS; turn++) {
    let part = turn / ROWS;
    let stop = begin_turn(part, turn % ROWS);
    for (var j = part_span(part, turn % ROWS).x; j < stop; j++) {
      let base = (j * key_heads + id % key_heads) * width;
      var s = array<f32, 4>(); // not every compiler clears a bare declaration on each turn of a loop
      for (var c = 0u; c < width; c++) {
        let key = k[base + c];
        for (var r = 0u; r < ROWS; r++) { s[r] += dot(own[r * width + c], key); }
      }
      var keep = array<f32, 4>();
      for (var r = 0u; r < ROWS; r++) {
        let visible = alike[r] && j < part_span(part, r).y;
        let higher = max(top[r], select(LOWEST, params.scale * s[r], visible));
        keep[r] = exp(top[r] - higher);
        s[r] = select(0.0, exp(params.scale * s[r] - higher), visible);
        total[r] = total[r] * keep[r] + s[r];
        top[r] = higher;
      }
      for (var c = 0u; c < width; c++) {
        let value = v[base + c];
        for (var r = 0u; r < ROWS; r++) {
          sum[r * width + c] = sum[r * width + c] * keep[r] + s[r] * value;
        }
      }
    }
  }
  for (var r = 0u; r < params.rows; r++) {
    if (place[r] < params.queries * params.heads) {
      let share = select(0.0, 1.0 / total[r], total[r] > 0.0);
      for (var c = 0u; c < width; c++) { y[place[r] * width + c] = sum[c] * share; }
      stats[place[r]] = vec2(top[r] + log(max(total[r], 1e-30)), 0.0);
    }
    for (var c = 0u; c < (ROWS - 1u) * width; c++) { sum[c] = sum[c + width]; }
  }
}

@compute @workgroup_size(WG)
fn backward_dq(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let id = linear_group(group, groups) * WG + lane;
  let key_heads = params.heads / params.group;
  let width = DIM / 4u;
  place_queries(id / key_heads, id % key_heads);
  var stat: array<vec2<f32>, 4>;
  for (var r = 0u; r < ROWS; r++) { stat[r] = stats[place[r]]; }
  for (var r = 0u; r < params.rows; r++) {
    let origin = place[r] * width;
    for (var c = 0u; c < (ROWS - 1u) * width; c++) {
      own[c] = own[c + width];
      own_too[c] = own_too[c + width];
    }
    for (var c = 0u; c < width; c++) {
      own[(ROWS - 1u) * width + c] = q[origin + c];
      own_too[(ROWS - 1u) * width + c] = dy[origin + c];
    }
  }
  for (var turn = 0u; turn < 2u * ROWS; turn++) {
    let part = turn / ROWS;
    let stop = begin_turn(part, turn % ROWS);
    for (var j = part_span(part, turn % ROWS).x; j < stop; j++) {
      let base = (j * key_heads + id % key_heads) * width;
      var s = array<f32, 4>();
      var dp = array<f32, 4>();
      for (var c = 0u; c < width; c++) {
        let key = k[base + c];
        let value = v[base + c];
        for (var r = 0u; r < ROWS; r++) {
          s[r] += dot(own[r * width + c], key);
          dp[r] += dot(own_too[r * width + c], value);
        }
      }
      for (var r = 0u; r < ROWS; r++) {
        let visible = alike[r] && j < part_span(part, r).y;
        let p = select(0.0, exp(params.scale * s[r] - stat[r].x), visible);
        s[r] = params.scale * p * (dp[r] - stat[r].y);
      }
      for (var c = 0u; c < width; c++) {
        let key = k[base + c];
        for (var r = 0u; r < ROWS; r++) { sum[r * width + c] += s[r] * key; }
      }
    }
  }
  for (var r = 0u; r < params.rows; r++) {
    if (place[r] < params.queries * params.heads) {
      for (var c = 0u; c < width; c++) { dq[place[r] * width + c] = sum[c]; }
    }
    for (var c = 0u; c < (ROWS - 1u) * width; c++) { sum[c] = sum[c + width]; }
  }
}
