// attention_image: the forward pass of attention.wgsl for decoding on software adapters, with keys and values in images.
//
//   Same equations. Eight lanes serve QUERIES queries, all heads of a key head's group, and visit their keys eight at a
//   time: of a key and of a value each lane reads one eighth. Lane l gets the score of key l; what the lanes hold of y is
//   theirs. Keys are visited for all queries together where these have one prompt, else and then for each alone.
//
// Shapes    spans: [queries, 4]   q, y: [queries, heads, dim]   k, v: [heads / GROUP, slots, dim]
//           stats: [queries, heads, 2] = (lse, 0)
// Dispatch  forward: workgroup (x, y) serves key head x of queries QUERIES * y + 0..QUERIES - 1
// Limits    at least 8 invocations per subgroup;  DIM a multiple of 32, at most 128;  GROUP * QUERIES <= 8;
//           queries <= QUERIES * 65535;  params.parts = 2, params.block = QUERIES;
//           what is in the slots behind a span is read, and must be finite
// Numerics  f32 storage, f32 accumulation; a query that sees nothing has y = 0

override DIM: u32 = 32u;     // length of a head
override GROUP: u32 = 1u;    // query heads that share a key head
override QUERIES: u32 = 1u;  // queries of a workgroup

const LANES = 8u;
const LOWEST: f32 = -3.4028234e38;

struct Params {
  queries: u32,
  slots: u32,
  heads: u32,
  parts: u32,
  block: u32,
  scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> spans: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> q: array<vec4<f32>>;
@group(0) @binding(3) var k: texture_storage_2d<rgba32float, read>;
@group(0) @binding(4) var v: texture_storage_2d<rgba32float, read>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> stats: array<vec2<f32>>;

// Rows, a row being a head of a query: [QUERIES * GROUP, DIM / 32] of q, scaled, and of y before its division. Loops over
// them are unrolled, so that they need not be in memory; those of params.parts and params.block turns are not, since code
// that fills the instruction cache is slow. A query is done in the first rows, to which the next one's are then moved.
var<private> own: array<vec4<f32>, 32>;
var<private> sum: array<vec4<f32>, 32>;
// Per row: score and then weight of the lane's key, the highest score so far, and the sum of the lane's weights.
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

// Shows eight keys, of which the lane's is visible or not, to the first `rows` rows; `i` is the lane's part of the first.
fn visit_eight(lane: u32, i: u32, visible: bool, rows: u32) {
  score = array<f32, 8>();
  for (var p = 0u; p < DIM / 32u; p++) {
    let keys = eight_keys(i + p * LANES);
    for (var r = 0u; r < rows; r++) { score[r] += products(lane, own[r * (DIM / 32u) + p], keys); }
  }
  for (var r = 0u; r < rows; r++) {
    let s = select(LOWEST, score[r], visible);
    let higher = max(top[r], highest(s));
    let keep = exp(top[r] - higher);
    score[r] = select(0.0, exp(s - higher), visible);
    total[r] = total[r] * keep + score[r];
    top[r] = higher;
    for (var p = 0u; p < DIM / 32u; p++) { sum[r * (DIM / 32u) + p] *= keep; }
  }
  for (var p = 0u; p < DIM / 32u; p++) {
    let values = eight_values(i + p * LANES);
    for (var r = 0u; r < rows; r++) { sum[r * (DIM / 32u) + p] += weigh(score[r], values); }
  }
}

// Moves the rows of every query but the first to those of the query before.
fn next_query() {
  for (var r = 0u; r < GROUP * (QUERIES - 1u); r++) {
    top[r] = top[r + GROUP];
    total[r] = total[r + GROUP];
    for (var p = 0u; p < DIM / 32u; p++) {
      own[r * (DIM / 32u) + p] = own[(r + GROUP) * (DIM / 32u) + p];
      sum[r * (DIM / 32u) + p] = sum[(r + GROUP) * (DIM / 32u) + p];
    }
  }
}

@compute @workgroup_size(LANES)
fn forward(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let width = DIM / 4u;
  let first = group.y * QUERIES;
  let beyond = min(first + QUERIES, params.queries);
  for (var n = first; n < first + params.block; n++) {
    next_query();
    let origin = (min(n, beyond - 1u) * params.heads + group.x * GROUP) * width + lane;
    for (var h = 0u; h < GROUP; h++) {
      for (var p = 0u; p < DIM / 32u; p++) {
        own[(GROUP * (QUERIES - 1u) + h) * (DIM / 32u) + p] = params.scale * q[origin + h * width + p * LANES];
      }
    }
  }
  for (var r = 0u; r < GROUP * QUERIES; r++) { top[r] = LOWEST; }
  let base = group.x * params.slots * width + lane; // the lane's part of the key head's slots
  let prompt = spans[first].xy;
  var together = QUERIES > 1u && beyond == first + QUERIES;
  for (var n = first + 1u; n < beyond; n++) { together = together && all(spans[n].xy == prompt); }
  for (var j = prompt.x; together && j < prompt.y; j += LANES) {
    visit_eight(lane, base + j * width, j + lane < prompt.y, GROUP * QUERIES);
  }
  for (var n = first; n < beyond; n++) {
    for (var part = u32(together); part < params.parts; part++) {
      let span = select(spans[n].zw, spans[n].xy, part == 0u);
      for (var j = span.x; j < span.y; j += LANES) { visit_eight(lane, base + j * width, j + lane < span.y, GROUP); }
    }
    for (var h = 0u; h < GROUP; h++) {
      let place = n * params.heads + group.x * GROUP + h;
      let pair = total[h] + subgroupShuffleXor(total[h], 1u);
      let four = pair + subgroupShuffleXor(pair, 2u);
      let all = four + subgroupShuffleXor(four, 4u);
      for (var p = 0u; p < DIM / 32u; p++) {
        y[place * width + p * LANES + lane] = sum[h * (DIM / 32u) + p] * select(0.0, 1.0 / all, all > 0.0);
      }
      if (lane == 0u) { stats[place] = vec2(top[h] + log(max(all, 1e-30)), 0.0); }
    }
    next_query();
  }
}
