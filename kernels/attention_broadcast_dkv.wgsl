// attention_broadcast_dkv: dk, dv of attention_keys.wgsl for adapters whose loads cost far more than their arithmetic.
//
//   Same equations. Eight lanes share a block of keys and visit its queries together: each lane loads one eighth of a
//   query, the others get it by broadcast, and it serves 8 * ROWS keys, without workgroup memory or barriers.
//
// Shapes    reach: [slots], key j is seen by exactly the queries in [j, reach[j])
//           q, dy: [queries, heads, dim]   k, v, dk, dv: [slots, heads / group, dim]
//           stats: [queries, heads, 2] = (lse, delta)
// Dispatch  backward_dkv: one workgroup per 8 * ROWS keys of a key head
// Limits    at least 8 invocations per subgroup;  slots = queries;  DIM a multiple of 32;
//           ROWS <= 4, params.rows = ROWS;  ROWS * DIM <= 128
// Numerics  f32 storage, f32 accumulation

override DIM: u32 = 32u;  // length of a head
override ROWS: u32 = 4u;  // rows of one invocation

const LANES = 8u;

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
@group(0) @binding(5) var<storage, read> stats: array<vec2<f32>>;
@group(0) @binding(6) var<storage, read> dy: array<vec4<f32>>;
@group(0) @binding(7) var<storage, read_write> dk: array<vec4<f32>>;
@group(0) @binding(8) var<storage, read_write> dv: array<vec4<f32>>;

// [ROWS, DIM / 4] of this invocation: k, v, dk, dv.
// Rows are filled from the back and emptied from the front by moving all of them, in loops of params.rows turns that no
// compiler unrolls, to keep the code short. The other loops over rows are unrolled by every compiler, those over lanes
// are written out: so every index is a constant, and the arrays live in registers.
var<private> own: array<vec4<f32>, 32>;
var<private> own_too: array<vec4<f32>, 32>;
var<private> sum: array<vec4<f32>, 32>;
var<private> sum_too: array<vec4<f32>, 32>;
// Per key: gradient of its score and its weight, for the query at hand.
var<private> dots: array<f32, 4>;
var<private> dots_too: array<f32, 4>;

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

fn add_dots(c: u32, query: vec4<f32>, d: vec4<f32>) {
  for (var r = 0u; r < ROWS; r++) {
    dots[r] += dot(own[r * DIM / 4u + c], query);
    dots_too[r] += dot(own_too[r * DIM / 4u + c], d);
  }
}

fn add_rows(c: u32, query: vec4<f32>, d: vec4<f32>) {
  for (var r = 0u; r < ROWS; r++) {
    sum[r * DIM / 4u + c] += dots[r] * query;
    sum_too[r * DIM / 4u + c] += dots_too[r] * d;
  }
}

// The lanes hold eight consecutive parts of a query and of its dy.
fn spread_add_dots(c: u32, query: vec4<f32>, d: vec4<f32>) {
  add_dots(c, subgroupBroadcast(query, 0u), subgroupBroadcast(d, 0u));
  add_dots(c + 1u, subgroupBroadcast(query, 1u), subgroupBroadcast(d, 1u));
  add_dots(c + 2u, subgroupBroadcast(query, 2u), subgroupBroadcast(d, 2u));
  add_dots(c + 3u, subgroupBroadcast(query, 3u), subgroupBroadcast(d, 3u));
  add_dots(c + 4u, subgroupBroadcast(query, 4u), subgroupBroadcast(d, 4u));
  add_dots(c + 5u, subgroupBroadcast(query, 5u), subgroupBroadcast(d, 5u));
  add_dots(c + 6u, subgroupBroadcast(query, 6u), subgroupBroadcast(d, 6u));
  add_dots(c + 7u, subgroupBroadcast(query, 7u), subgroupBroadcast(d, 7u));
}

fn spread_add_rows(c: u32, query: vec4<f32>, d: vec4<f32>) {
  add_rows(c, subgroupBroadcast(query, 0u), subgroupBroadcast(d, 0u));
  add_rows(c + 1u, subgroupBroadcast(query, 1u), subgroupBroadcast(d, 1u));
  add_rows(c + 2u, subgroupBroadcast(query, 2u), subgroupBroadcast(d, 2u));
  add_rows(c + 3u, subgroupBroadcast(query, 3u), subgroupBroadcast(d, 3u));
  add_rows(c + 4u, subgroupBroadcast(query, 4u), subgroupBroadcast(d, 4u));
  add_rows(c + 5u, subgroupBroadcast(query, 5u), subgroupBroadcast(d, 5u));
  add_rows(c + 6u, subgroupBroadcast(query, 6u), subgroupBroadcast(d, 6u));
  add_rows(c + 7u, subgroupBroadcast(query, 7u), subgroupBroadcast(d, 7u));
}

// `base` is the lane's part of the first eight.
fn each_dots(base: u32) {
  spread_add_dots(0u, q[base], dy[base]);
  if (DIM > 32u) { spread_add_dots(8u, q[base + 8u], dy[base + 8u]); }
  if (DIM > 64u) {
    spread_add_dots(16u, q[base + 16u], dy[base + 16u]);
    spread_add_dots(24u, q[base + 24u], dy[base + 24u]);
  }
}

fn each_rows(base: u32) {
  spread_add_rows(0u, q[base], dy[base]);
  if (DIM > 32u) { spread_add_rows(8u, q[base + 8u], dy[base + 8u]); }
  if (DIM > 64u) {
    spread_add_rows(16u, q[base + 16u], dy[base + 16u]);
    spread_add_rows(24u, q[base + 24u], dy[base + 24u]);
  }
}

@compute @workgroup_size(LANES)
fn backward_dkv(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let id = linear_group(group, groups);
  let key_heads = params.heads / params.group;
  let width = DIM / 4u;
  let block = id / key_heads * LANES * ROWS;
  let first = block + lane * ROWS;
  var end: array<u32, 4>;
  var last = 0u;
  for (var r = 0u; r < ROWS; r++) {
    end[r] = select(0u, reach[first + r], first + r < params.slots);
  }
  for (var j = block; j < min(block + LANES * ROWS, params.slots); j++) { last = max(last, reach[j]); }
  for (var r = 0u; r < params.rows; r++) {
    let origin = ((first + r) * key_heads + id % key_heads) * width;
    shift_own();
    for (var c = 0u; c < width; c++) {
      own[(ROWS - 1u) * width + c] = k[origin + c];
      own_too[(ROWS - 1u) * width + c] = v[origin + c];
    }
  }
  for (var i = block * params.group; i < last * params.group; i++) {
    let n = i / params.group;
    let row = n * params.heads + id % key_heads * params.group + i % params.group;
    let stat = stats[row];
    dots = array<f32, 4>();
    dots_too = array<f32, 4>();
    each_dots(row * width + lane);
    for (var r = 0u; r < ROWS; r++) {
      let visible = n >= first + r && n < end[r];
      let p = select(0.0, exp(params.scale * dots[r] - stat.x), visible);
      dots[r] = params.scale * p * (dots_too[r] - stat.y);
      dots_too[r] = p;
    }
    each_rows(row * width + lane);
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
