// attention_image: the forward pass of attention.wgsl for decoding on software adapters, with keys and values in images.
//
//   Same equations. Eight lanes serve one query, all heads of a key head's group, and visit its keys eight at a time: of a
//   key and of a value each lane reads one eighth. Lane l gets the score of key l; what the lanes hold of y is theirs.
//
// Shapes    spans: [queries, 4]   q, y: [queries, heads, dim]   k, v: [heads / GROUP, slots, dim]
//           stats: [queries, heads, 2] = (lse, 0)
// Dispatch  forward: workgroup (x, y) serves key head x of query y
// Limits    at least 8 invocations per subgroup;  DIM a multiple of 32;  GROUP <= 8;  GROUP * DIM <= 1024;
//           queries <= 65535;  params.parts = 2;  what is in the slots behind a span is read, and must be finite
// Numerics  f32 storage, f32 accumulation; a query that sees nothing has y = 0

override DIM: u32 = 32u;   // length of a head
override GROUP: u32 = 1u;  // query heads that share a key head

const LANES = 8u;
const LOWEST: f32 = -3.4028234e38;

struct Params {
  queries: u32,
  slots: u32,
  heads: u32,
  parts: u32,
  scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> spans: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> q: array<vec4<f32>>;
@group(0) @binding(3) var k: texture_storage_2d<rgba32float, read>;
@group(0) @binding(4) var v: texture_storage_2d<rgba32float, read>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> stats: array<vec2<f32>>;

// [GROUP, DIM / 32] of this lane: q, scaled, and y before its division. The compiler unrolls every loop over them.
var<private> own: array<vec4<f32>, 32>;
var<private> sum: array<vec4<f32>, 32>;
// Per head: score and then weight of the lane's key, the highest score so far, and the sum of the lane's weights.
var<private> score: array<f32, 8>;
var<private> top: array<f32, 8>;
var<private> total: array<f32, 8>;

// <shared image_texel>
// Where four numbers of an image are, counted in fours.
fn image_texel(i: u32) -> vec2<u32> {
  return vec2(i % 1024u, i / 1024u);
}
// </shared image_texel>

fn k_at(i: u32) -> vec4<f32> {
  return textureLoad(k, image_texel(i));
}

fn v_at(i: u32) -> vec4<f32> {
  return textureLoad(v, image_texel(i));
}

// One part of eight consecutive keys. All are read before any is used: little can be kept in registers from read to read.
fn eight_keys(i: u32) -> array<vec4<f32>, 8> {
  let step = DIM / 4u;
  return array(k_at(i), k_at(i + step), k_at(i + 2u * step), k_at(i + 3u * step),
    k_at(i + 4u * step), k_at(i + 5u * step), k_at(i + 6u * step), k_at(i + 7u * step));
}

fn eight_values(i: u32) -> array<vec4<f32>, 8> {
  let step = DIM / 4u;
  return array(v_at(i), v_at(i + step), v_at(i + 2u * step), v_at(i + 3u * step),
    v_at(i + 4u * step), v_at(i + 5u * step), v_at(i + 6u * step), v_at(i + 7u * step));
}

// Sums of lanes l and l ^ mask: of `low` in lanes without the bit, of `high` in those with it.
fn fold_1(lane: u32, low: f32, high: f32) -> f32 {
  let bit = (lane & 1u) != 0u;
  return select(low, high, bit) + subgroupShuffleXor(select(high, low, bit), 1u);
}

fn fold_2(lane: u32, low: f32, high: f32) -> f32 {
  let bit = (lane & 2u) != 0u;
  return select(low, high, bit) + subgroupShuffleXor(select(high, low, bit), 2u);
}

fn fold_4(lane: u32, low: f32, high: f32) -> f32 {
  let bit = (lane & 4u) != 0u;
  return select(low, high, bit) + subgroupShuffleXor(select(high, low, bit), 4u);
}

// Lane l gets the product, over all lanes, of a and key l.
fn products(lane: u32, a: vec4<f32>, keys: array<vec4<f32>, 8>) -> f32 {
  let first = fold_1(lane, dot(a, keys[0]), dot(a, keys[1]));
  let second = fold_1(lane, dot(a, keys[2]), dot(a, keys[3]));
  let third = fold_1(lane, dot(a, keys[4]), dot(a, keys[5]));
  let fourth = fold_1(lane, dot(a, keys[6]), dot(a, keys[7]));
  return fold_4(lane, fold_2(lane, first, second), fold_2(lane, third, fourth));
}

// The values weighted by what the lanes hold of p.
fn weigh(p: f32, values: array<vec4<f32>, 8>) -> vec4<f32> {
  return subgroupBroadcast(p, 0u) * values[0] + subgroupBroadcast(p, 1u) * values[1]
    + subgroupBroadcast(p, 2u) * values[2] + subgroupBroadcast(p, 3u) * values[3]
    + subgroupBroadcast(p, 4u) * values[4] + subgroupBroadcast(p, 5u) * values[5]
    + subgroupBroadcast(p, 6u) * values[6] + subgroupBroadcast(p, 7u) * values[7];
}

fn highest(x: f32) -> f32 {
  let a = max(x, subgroupShuffleXor(x, 1u));
  let b = max(a, subgroupShuffleXor(a, 2u));
  return max(b, subgroupShuffleXor(b, 4u));
}

// Keys [j, j + 8), of which those before `stop` are seen; `i` is the lane's part of the first.
fn visit_eight(lane: u32, i: u32, visible: bool) {
  score = array<f32, 8>();
  for (var p = 0u; p < DIM / 32u; p++) {
    let keys = eight_keys(i + p * LANES);
    for (var h = 0u; h < GROUP; h++) { score[h] += products(lane, own[h * (DIM / 32u) + p], keys); }
  }
  for (var h = 0u; h < GROUP; h++) {
    let s = select(LOWEST, score[h], visible);
    let higher = max(top[h], highest(s));
    let keep = exp(top[h] - higher);
    score[h] = select(0.0, exp(s - higher), visible);
    total[h] = total[h] * keep + score[h];
    top[h] = higher;
    for (var p = 0u; p < DIM / 32u; p++) { sum[h * (DIM / 32u) + p] *= keep; }
  }
  for (var p = 0u; p < DIM / 32u; p++) {
    let values = eight_values(i + p * LANES);
    for (var h = 0u; h < GROUP; h++) { sum[h * (DIM / 32u) + p] += weigh(score[h], values); }
  }
}

@compute @workgroup_size(LANES)
fn forward(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let width = DIM / 4u;
  let place = group.y * params.heads + group.x * GROUP; // of the group's first head in [queries, heads]
  let origin = place * width + lane;
  for (var h = 0u; h < GROUP; h++) {
    for (var p = 0u; p < DIM / 32u; p++) {
      own[h * (DIM / 32u) + p] = params.scale * q[origin + h * width + p * LANES];
    }
    top[h] = LOWEST;
  }
  let first = group.x * params.slots; // of the key head's slots
  for (var part = 0u; part < params.parts; part++) { // two, of which the compiler must not know: one body is in the cache
    let span = select(spans[group.y].zw, spans[group.y].xy, part == 0u);
    for (var j = span.x; j < span.y; j += LANES) {
      visit_eight(lane, (first + j) * width + lane, j + lane < span.y);
    }
  }
  for (var h = 0u; h < GROUP; h++) {
    let pair = total[h] + subgroupShuffleXor(total[h], 1u);
    let four = pair + subgroupShuffleXor(pair, 2u);
    let all = four + subgroupShuffleXor(four, 4u);
    let share = select(0.0, 1.0 / all, all > 0.0);
    for (var p = 0u; p < DIM / 32u; p++) {
      y[origin + h * width + p * LANES] = sum[h * (DIM / 32u) + p] * share;
    }
    if (lane == 0u) { stats[place + h] = vec2(top[h] + log(max(all, 1e-30)), 0.0); }
  }
}
