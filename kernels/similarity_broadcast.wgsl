// similarity_broadcast: the k best references of every query, chosen from the registers in which the products are summed.
//
//   score[q,j] = query q . reference first + j     (of rows of length 1: their cosine)
//   best[q], index[q] = the k largest scores so far, in falling order, and their references; equal scores by index
//   A reference is skipped if its group is the query's own; the largest u32 is no query's group.
//
// Shapes    queries: [rows, dim]   references: [count, dim]   own: [rows]   others: [references]   best, index: [rows, k]
// Dispatch  forward: workgroup x owns queries 32 x + 0..31, four adjacent ones a lane, and visits all references
// Limits    k <= 16;  dim a multiple of 4, at most 256;  at least 8 invocations per subgroup;  rows <= 32 * 65535
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
const MOST: u32 = 16u;      // largest k
const MOST_DIM: u32 = 256u;
const LANES = 8u;
const TILE = 32u;

// References 4 g + 0..3 of the tile are the columns of sum[g]; each holds the scores of the lane's four queries.
alias Tile = array<mat4x4<f32>, 8>;

// The lane's four queries, one term an element: private memory is read without the tests that a storage load needs.
var<private> held: array<vec4<f32>, MOST_DIM>;
// The best so far of the lane's four queries, in falling order.
var<private> value: array<vec4<f32>, MOST>;
var<private> place: array<vec4<u32>, MOST>;

fn plus_terms(sum: vec4<f32>, w: mat4x4<f32>, u: vec4<f32>) -> vec4<f32> {
  return sum + w[0] * u.x + w[1] * u.y + w[2] * u.z + w[3] * u.w;
}

fn plus_low(sum: mat4x4<f32>, w: mat4x4<f32>, v: vec4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(
    plus_terms(sum[0], w, subgroupBroadcast(v, 0u)),
    plus_terms(sum[1], w, subgroupBroadcast(v, 1u)),
    plus_terms(sum[2], w, subgroupBroadcast(v, 2u)),
    plus_terms(sum[3], w, subgroupBroadcast(v, 3u)),
  );
}

fn plus_high(sum: mat4x4<f32>, w: mat4x4<f32>, v: vec4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(
    plus_terms(sum[0], w, subgroupBroadcast(v, 4u)),
    plus_terms(sum[1], w, subgroupBroadcast(v, 5u)),
    plus_terms(sum[2], w, subgroupBroadcast(v, 6u)),
    plus_terms(sum[3], w, subgroupBroadcast(v, 7u)),
  );
}

// Adds four terms of every sum. Lane l holds reference 8 g + l of the tile in v[g].
fn add_rows(sum: ptr<function, Tile>, v: mat4x4<f32>, w: mat4x4<f32>) {
  (*sum)[0] = plus_low((*sum)[0], w, v[0]);
  (*sum)[1] = plus_high((*sum)[1], w, v[0]);
  (*sum)[2] = plus_low((*sum)[2], w, v[1]);
  (*sum)[3] = plus_high((*sum)[3], w, v[1]);
  (*sum)[4] = plus_low((*sum)[4], w, v[2]);
  (*sum)[5] = plus_high((*sum)[5], w, v[2]);
  (*sum)[6] = plus_low((*sum)[6], w, v[3]);
  (*sum)[7] = plus_high((*sum)[7], w, v[3]);
}

fn load_rows(row: u32, i: u32, inner4: u32) -> mat4x4<f32> {
  let last = params.count - 1u;
  return mat4x4<f32>(
    references[min(row, last) * inner4 + i],
    references[min(row + LANES, last) * inner4 + i],
    references[min(row + 2u * LANES, last) * inner4 + i],
    references[min(row + 3u * LANES, last) * inner4 + i],
  );
}

// Largest score of each of the lane's queries in the tile.
fn largest(m: mat4x4<f32>) -> vec4<f32> {
  return max(max(m[0], m[1]), max(m[2], m[3]));
}

// Puts a score of each query at its place and drops the last; equal ones stand in the order of their references.
fn insert(score: vec4<f32>, reference: vec4<u32>) {
  var moved = score;
  var origin = reference;
  for (var i = 0u; i < params.k; i++) {
    let v = value[i];
    let p = place[i];
    let above = (moved > v) | ((moved == v) & (origin < p));
    value[i] = select(v, moved, above);
    place[i] = select(p, origin, above);
    moved = select(moved, v, above);
    origin = select(origin, p, above);
  }
}

fn offer(sum: ptr<function, Tile>, row: u32, mine: vec4<u32>) {
  let top = max(
    max(max(largest((*sum)[0]), largest((*sum)[1])), max(largest((*sum)[2]), largest((*sum)[3]))),
    max(max(largest((*sum)[4]), largest((*sum)[5])), max(largest((*sum)[6]), largest((*sum)[7]))),
  );
  if (any(top > value[params.k - 1u])) {
    var tile = *sum;
    for (var r = 0u; r < min(TILE, params.count - row); r++) {
      let score = tile[r / 4u][r % 4u];
      if (any(score > value[params.k - 1u])) {
        let reference = params.first + row + r;
        let allowed = vec4<u32>(others[reference]) != mine;
        let origin = select(vec4<u32>(NONE), vec4<u32>(reference), allowed);
        insert(select(vec4<f32>(LOWEST), score, allowed), origin);
      }
    }
  }
}

@compute @workgroup_size(LANES)
fn forward(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let inner4 = params.dim / 4u;
  let query = group.x * TILE + 4u * local.x;
  let q = min(vec4<u32>(query, query + 1u, query + 2u, query + 3u), vec4<u32>(params.rows - 1u));
  let mine = vec4<u32>(own[q.x], own[q.y], own[q.z], own[q.w]);
  for (var i = 0u; i < params.k; i++) {
    value[i] = vec4<f32>(LOWEST);
    place[i] = vec4<u32>(NONE);
    if (params.first > 0u) {
      let e = q * params.k + i;
      value[i] = vec4<f32>(best[e.x], best[e.y], best[e.z], best[e.w]);
      place[i] = vec4<u32>(index[e.x], index[e.y], index[e.z], index[e.w]);
    }
  }
  for (var i = 0u; i < inner4; i++) {
    let j = q * inner4 + i;
    let w = transpose(mat4x4<f32>(queries[j.x], queries[j.y], queries[j.z], queries[j.w]));
    held[4u * i] = w[0];
    held[4u * i + 1u] = w[1];
    held[4u * i + 2u] = w[2];
    held[4u * i + 3u] = w[3];
  }
  for (var row = 0u; row < params.count; row += TILE) {
    var sum = Tile();
    for (var i = 0u; i < inner4; i++) {
      let w = mat4x4<f32>(held[4u * i], held[4u * i + 1u], held[4u * i + 2u], held[4u * i + 3u]);
      add_rows(&sum, load_rows(row + local.x, i, inner4), w);
    }
    offer(&sum, row, mine);
  }
  for (var i = 0u; i < params.k; i++) {
    for (var c = 0u; c < 4u; c++) {
      if (query + c < params.rows) {
        let e = (query + c) * params.k + i;
        best[e] = value[i][c];
        index[e] = place[i][c];
      }
    }
  }
}
