// attention_broadcast_dq: dq of attention.wgsl for adapters whose loads cost far more than their arithmetic.
//
//   Same equations. Eight lanes share a block of rows of one key head and visit its keys together: each lane loads one
//   eighth of a key, the others get it by broadcast, and it serves 8 * ROWS rows, without workgroup memory or barriers.
//
// Shapes    spans: [queries, 4]   q, dy, dq: [queries, heads, dim]   k, v: [slots, heads / group, dim]
//           stats: [queries, heads, 2] = (lse, delta)
// Dispatch  backward_dq: one workgroup per 8 * ROWS rows of a key head, a row being a query of one of its group's heads
// Limits    at least 8 invocations per subgroup;  DIM a multiple of 32;  ROWS <= 4, params.rows = ROWS;
//           ROWS * DIM <= 128
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
@group(0) @binding(1) var<storage, read> spans: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> q: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> k: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> v: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> stats: array<vec2<f32>>;
@group(0) @binding(6) var<storage, read> dy: array<vec4<f32>>;
@group(0) @binding(7) var<storage, read_write> dq: array<vec4<f32>>;

// Queries first..last, whose prefix (part 0) or own sequence (part 1) begins at the same key: they visit the keys
// [start, stop) together.
struct Turn {
  first: u32,
  last: u32,
  start: u32,
  stop: u32,
}

// [ROWS, DIM / 4] of this invocation: q, dy, dq.
// Rows are filled from the back and emptied from the front by moving all of them, in loops of params.rows turns that no
// compiler unrolls, to keep the code short. The other loops over rows are unrolled by every compiler, those over lanes
// are written out: so every index is a constant, and the arrays live in registers.
var<private> own: array<vec4<f32>, 32>;
var<private> own_too: array<vec4<f32>, 32>;
var<private> sum: array<vec4<f32>, 32>;
// Per row: its query, its place in [queries, heads], the ends of its two spans.
var<private> query: array<u32, 4>;
var<private> place: array<u32, 4>;
var<private> ends: array<vec2<u32>, 4>;
// Per row: score and then weight of the key at hand, and the gradient of its weight.
var<private> dots: array<f32, 4>;
var<private> dots_too: array<f32, 4>;

// <shared linear_group>
// Index of the workgroup in a grid that was split over x and y.
fn linear_group(group: vec3<u32>, groups: vec3<u32>) -> u32 {
  return group.x + group.y * groups.x;
}
// </shared linear_group>

// <shared query_turns>
// Reads where the ROWS rows from `row` on are; those beyond the last query see nothing.
fn place_rows(row: u32, key_head: u32) {
  for (var r = 0u; r < ROWS; r++) {
    query[r] = (row + r) / params.group;
    place[r] = query[r] * params.heads + key_head * params.group + (row + r) % params.group;
    ends[r] = select(vec2(0u), spans[query[r]].yw, query[r] < params.queries);
  }
}

// The prefix (part 0) or own sequence (part 1) that query n sees.
fn part_span(part: u32, n: u32) -> vec2<u32> {
  return select(spans[n].zw, spans[n].xy, part == 0u);
}

// The longest turn that begins with query `first` and ends before `beyond`.
fn take_turn(part: u32, first: u32, beyond: u32) -> Turn {
  var turn = Turn(first, first, part_span(part, first).x, part_span(part, first).y);
  while (turn.last + 1u < beyond && part_span(part, turn.last + 1u).x == turn.start) {
    turn.last++;
    turn.stop = max(turn.stop, part_span(part, turn.last).y);
  }
  return turn;
}
// </shared query_turns>

fn add_dots(c: u32, key: vec4<f32>, value: vec4<f32>) {
  for (var r = 0u; r < ROWS; r++) {
    dots[r] += dot(own[r * DIM / 4u + c], key);
    dots_too[r] += dot(own_too[r * DIM / 4u + c], value);
  }
}

fn add_row(c: u32, key: vec4<f32>) {
  for (var r = 0u; r < ROWS; r++) { sum[r * DIM / 4u + c] += dots[r] * key; }
}

// The lanes hold eight consecutive parts of a key and a value.
fn spread_add_dots(c: u32, key: vec4<f32>, value: vec4<f32>) {
  add_dots(c, subgroupBroadcast(key, 0u), subgroupBroadcast(value, 0u));
  add_dots(c + 1u, subgroupBroadcast(key, 1u), subgroupBroadcast(value, 1u));
  add_dots(c + 2u, subgroupBroadcast(key, 2u), subgroupBroadcast(value, 2u));
  add_dots(c + 3u, subgroupBroadcast(key, 3u), subgroupBroadcast(value, 3u));
  add_dots(c + 4u, subgroupBroadcast(key, 4u), subgroupBroadcast(value, 4u));
  add_dots(c + 5u, subgroupBroadcast(key, 5u), subgroupBroadcast(value, 5u));
  add_dots(c + 6u, subgroupBroadcast(key, 6u), subgroupBroadcast(value, 6u));
  add_dots(c + 7u, subgroupBroadcast(key, 7u), subgroupBroadcast(value, 7u));
}

fn spread_add_row(c: u32, part: vec4<f32>) {
  add_row(c, subgroupBroadcast(part, 0u));
  add_row(c + 1u, subgroupBroadcast(part, 1u));
  add_row(c + 2u, subgroupBroadcast(part, 2u));
  add_row(c + 3u, subgroupBroadcast(part, 3u));
  add_row(c + 4u, subgroupBroadcast(part, 4u));
  add_row(c + 5u, subgroupBroadcast(part, 5u));
  add_row(c + 6u, subgroupBroadcast(part, 6u));
  add_row(c + 7u, subgroupBroadcast(part, 7u));
}

// `base` is the lane's part of the first eight.
fn each_dots(base: u32) {
  spread_add_dots(0u, k[base], v[base]);
  if (DIM > 32u) { spread_add_dots(8u, k[base + 8u], v[base + 8u]); }
  if (DIM > 64u) {
    spread_add_dots(16u, k[base + 16u], v[base + 16u]);
    spread_add_dots(24u, k[base + 24u], v[base + 24u]);
  }
}

fn each_row(base: u32) {
  spread_add_row(0u, k[base]);
  if (DIM > 32u) { spread_add_row(8u, k[base + 8u]); }
  if (DIM > 64u) {
    spread_add_row(16u, k[base + 16u]);
    spread_add_row(24u, k[base + 24u]);
  }
}

@compute @workgroup_size(LANES)
fn backward_dq(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let id = linear_group(group, groups);
  let key_heads = params.heads / params.group;
  let width = DIM / 4u;
  let row = id / key_heads * LANES * ROWS;
  let beyond = min((row + LANES * ROWS - 1u) / params.group + 1u, params.queries);
  place_rows(row + lane * ROWS, id % key_heads);
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
  var part = 0u;
  for (var first = row / params.group; part < 2u;) {
    let turn = take_turn(part, first, beyond);
    for (var j = turn.start; j < turn.stop; j++) {
      let base = (j * key_heads + id % key_heads) * width + lane;
      dots = array<f32, 4>();
      dots_too = array<f32, 4>();
      each_dots(base);
      for (var r = 0u; r < ROWS; r++) {
        let alike = query[r] >= turn.first && query[r] <= turn.last;
        let visible = alike && j < select(ends[r].y, ends[r].x, part == 0u);
        let p = select(0.0, exp(params.scale * dots[r] - stat[r].x), visible);
        dots[r] = params.scale * p * (dots_too[r] - stat[r].y);
      }
      each_row(base);
    }
    first = turn.last + 1u;
    if (first >= beyond) {
      first = row / params.group;
      part++;
    }
  }
  for (var r = 0u; r < params.rows; r++) {
    if (query[r] < params.queries) {
      for (var c = 0u; c < width; c++) { dq[place[r] * width + c] = sum[c]; }
    }
    for (var c = 0u; c < (ROWS - 1u) * width; c++) { sum[c] = sum[c + width]; }
  }
}
