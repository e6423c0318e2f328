// similarity_broadcast: the k best references of every query, chosen from the registers in which the products are summed.
//
//   score[q,j] = query q . reference first + j     (of rows of length 1: their cosine)
//   best[q], index[q] = the k largest scores so far, in falling order, and their references; equal scores by index
//   A reference is skipped if its group is the query's own; the largest u32 is no query's group.
//
// Shapes    queries: [rows, dim]   references: [count, dim]   own: [rows]   others: [references]   best, index: [rows, k]
// Dispatch  forward: workgroup x owns queries 64 x + 0..63, eight adjacent ones a lane, and visits all references
// Limits    k <= 16;  dim a multiple of 4, at most 256;  at least 8 invocations per subgroup;  rows <= 64 * 65535
// Numerics  f32, four terms at a time in the order of the inner index; scores are compared, never changed

struct Params {
  rows: u32,
  count: u32,
  dim: u32,
  first: u32,
  k: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> queries: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> references: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> own: array<u32>;
@group(0) @binding(4) var<storage, read> others: array<u32>;
@group(0) @binding(5) var<storage, read_write> best: array<f32>;
@group(0) @binding(6) var<storage, read_write> index: array<u32>;

const LOWEST: f32 = -3.4028234e38;
const NONE: u32 = 0xffffffffu;
const LANES = 8u;
const EACH = 8u;  // queries of a lane
const TILE = 24u; // references at a time

// A number for each of the lane's queries, of which 0..3 are in the first column.
alias Eight = mat2x4<f32>;
// Scores of eight references.
alias Sums = array<Eight, LANES>;
// Four consecutive terms of the lane's queries.
alias Terms = array<Eight, 4>;

// Four terms of eight queries an element. Private memory is read without the tests that a storage load needs. As the
// second index is always constant, these are 32 arrays to the compiler, which takes far longer for one large array; with
// 64 elements instead of 65, all of them would lie on the same few lines of the cache.
var<private> held: array<array<f32, 32>, 65>;
// The best so far of the lane's query q in falling order: place i at k q + i.
var<private> value: array<f32, 128>;
var<private> place: array<u32, 128>;
// The worst score among the best of each query.
var<private> worst: Eight;
// A tile in which a score is above that, and for queries 0..3 and 4..7 a bit for each such reference.
var<private> tile: array<array<f32, EACH>, TILE>;
var<private> low: vec4<u32>;
var<private> high: vec4<u32>;

// Terms 4 i + 0..3 of queries query + 0..3: one query a row, one term a column.
fn load(query: u32, i: u32) -> mat4x4<f32> {
  let row = min(vec4<u32>(query, query + 1u, query + 2u, query + 3u), vec4<u32>(params.rows - 1u));
  let j = row * (params.dim / 4u) + i;
  return transpose(mat4x4<f32>(queries[j.x], queries[j.y], queries[j.z], queries[j.w]));
}

fn terms(i: u32) -> Terms {
  let h = held[i];
  return Terms(
    Eight(h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7]),
    Eight(h[8], h[9], h[10], h[11], h[12], h[13], h[14], h[15]),
    Eight(h[16], h[17], h[18], h[19], h[20], h[21], h[22], h[23]),
    Eight(h[24], h[25], h[26], h[27], h[28], h[29], h[30], h[31]),
  );
}

fn plus_terms(sum: Eight, w: Terms, u: vec4<f32>) -> Eight {
  return sum + w[0] * u.x + w[1] * u.y + w[2] * u.z + w[3] * u.w;
}

// Adds four terms. Lane l holds those of reference l in v. `zero` is 0, which the compiler must not know: a shuffle by a
// constant lane takes two instructions, one by an unknown lane takes one.
fn add_terms(sum: ptr<function, Sums>, v: vec4<f32>, w: Terms, zero: u32) {
  (*sum)[0] = plus_terms((*sum)[0], w, subgroupShuffle(v, zero));
  (*sum)[1] = plus_terms((*sum)[1], w, subgroupShuffle(v, zero + 1u));
  (*sum)[2] = plus_terms((*sum)[2], w, subgroupShuffle(v, zero + 2u));
  (*sum)[3] = plus_terms((*sum)[3], w, subgroupShuffle(v, zero + 3u));
  (*sum)[4] = plus_terms((*sum)[4], w, subgroupShuffle(v, zero + 4u));
  (*sum)[5] = plus_terms((*sum)[5], w, subgroupShuffle(v, zero + 5u));
  (*sum)[6] = plus_terms((*sum)[6], w, subgroupShuffle(v, zero + 6u));
  (*sum)[7] = plus_terms((*sum)[7], w, subgroupShuffle(v, zero + 7u));
}

fn larger(a: Eight, b: Eight) -> Eight {
  return Eight(max(a[0], b[0]), max(a[1], b[1]));
}

fn largest(sum: ptr<function, Sums>) -> Eight {
  let left = larger(larger((*sum)[0], (*sum)[1]), larger((*sum)[2], (*sum)[3]));
  return larger(left, larger(larger((*sum)[4], (*sum)[5]), larger((*sum)[6], (*sum)[7])));
}

// Keeps the scores of reference r of the tile.
fn keep(r: u32, s: Eight) {
  tile[r] = array<f32, EACH>(s[0].x, s[0].y, s[0].z, s[0].w, s[1].x, s[1].y, s[1].z, s[1].w);
  low |= select(vec4<u32>(0u), vec4<u32>(1u << r), s[0] > worst[0]);
  high |= select(vec4<u32>(0u), vec4<u32>(1u << r), s[1] > worst[1]);
}

fn keep_all(r: u32, sum: ptr<function, Sums>) {
  keep(r, (*sum)[0]); keep(r + 1u, (*sum)[1]); keep(r + 2u, (*sum)[2]); keep(r + 3u, (*sum)[3]);
  keep(r + 4u, (*sum)[4]); keep(r + 5u, (*sum)[5]); keep(r + 6u, (*sum)[6]); keep(r + 7u, (*sum)[7]);
}

// Puts a score at its place among a query's best and drops the last; equal ones stand in the order of their references.
fn insert(start: u32, score: f32, reference: u32) {
  var moved = score;
  var origin = reference;
  for (var i = start; i < start + params.k; i++) {
    let v = value[i];
    let p = place[i];
    let above = moved > v || (moved == v && origin < p);
    value[i] = select(v, moved, above);
    place[i] = select(p, origin, above);
    moved = select(moved, v, above);
    origin = select(origin, p, above);
  }
}

// Offers the references whose bits are set, of the tile at `row`, to the lane's queries from `query` on.
fn offer(row: u32, query: u32) {
  var hits = array<u32, EACH>(low.x, low.y, low.z, low.w, high.x, high.y, high.z, high.w);
  for (var start = 0u; start < EACH * params.k; start += params.k) {
    let q = start / params.k;
    for (var left = hits[q]; left != 0u; left &= left - 1u) {
      let r = firstTrailingBit(left);
      let score = tile[r][q];
      let reference = params.first + row + r;
      if (row + r < params.count && score > value[start + params.k - 1u]) {
        if (others[reference] != own[query + q]) { insert(start, score, reference); }
      }
    }
  }
  low = vec4<u32>(0u);
  high = vec4<u32>(0u);
}

fn find_worst() -> Eight {
  let k = params.k;
  let low_half = vec4<f32>(value[k - 1u], value[2u * k - 1u], value[3u * k - 1u], value[4u * k - 1u]);
  return Eight(low_half, vec4<f32>(value[5u * k - 1u], value[6u * k - 1u], value[7u * k - 1u], value[8u * k - 1u]));
}

@compute @workgroup_size(LANES)
fn forward(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let inner4 = params.dim / 4u;
  let query = EACH * (LANES * group.x + local.x);
  let places = params.k * min(EACH, params.rows - min(query, params.rows));
  for (var e = 0u; e < EACH * params.k; e++) {
    let known = params.first > 0u && e < places;
    let none = select(-LOWEST, LOWEST, e < places); // no score is above those of surplus queries
    value[e] = select(none, best[query * params.k + e], known);
    place[e] = select(NONE, index[query * params.k + e], known);
  }
  worst = find_worst();
  for (var i = 0u; i < inner4; i++) {
    let v = load(query, i);
    let w = load(query + 4u, i);
    held[i] = array<f32, 32>(
      v[0].x, v[0].y, v[0].z, v[0].w, w[0].x, w[0].y, w[0].z, w[0].w,
      v[1].x, v[1].y, v[1].z, v[1].w, w[1].x, w[1].y, w[1].z, w[1].w,
      v[2].x, v[2].y, v[2].z, v[2].w, w[2].x, w[2].y, w[2].z, w[2].w,
      v[3].x, v[3].y, v[3].z, v[3].w, w[3].x, w[3].y, w[3].z, w[3].w,
    );
  }
  let zero = min(params.rows, 1u) - 1u;
  for (var row = 0u; row < params.count; row += TILE) {
    let r = min(vec3<u32>(row, row + 8u, row + 16u) + local.x, vec3<u32>(params.count - 1u)) * inner4;
    var p = Sums();
    var q = Sums();
    var s = Sums();
    for (var i = 0u; i < inner4; i++) {
      let x = references[r.x + i];
      let y = references[r.y + i];
      let z = references[r.z + i];
      let w = terms(i);
      add_terms(&p, x, w, zero);
      add_terms(&q, y, w, zero);
      add_terms(&s, z, w, zero);
    }
    let top = larger(larger(largest(&p), largest(&q)), largest(&s));
    if (any(top[0] > worst[0]) || any(top[1] > worst[1])) {
      keep_all(0u, &p);
      keep_all(8u, &q);
      keep_all(16u, &s);
      offer(row, query);
      worst = find_worst();
    }
  }
  for (var e = 0u; e < places; e++) {
    best[query * params.k + e] = value[e];
    index[query * params.k + e] = place[e];
  }
}
