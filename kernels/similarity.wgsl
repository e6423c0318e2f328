// similarity: the k best references of every query, kept up to date over chunks of references.
//
//   scores[q,j] = query q . reference first + j     (of rows of length 1: their cosine)
//   best[q], index[q] = the k largest scores so far, in falling order, and their references; equal scores by index
//   A reference is skipped if its group is the query's own; the largest u32 is no query's group.
//
// Shapes    scores: [queries, count]   own: [queries]   others: [references]   best, index: [queries, k]
//           a place that nothing has taken has best = LOWEST and index = the largest u32
// Dispatch  forward: one workgroup per query
// Limits    WG a power of two;  k <= 16;  references < 2^24, since indices pass through f32
// Numerics  f32; scores are compared, never changed

override WG: u32 = 64u;  // invocations per workgroup

const LOWEST: f32 = -3.4028234e38;
const NONE: u32 = 0xffffffffu;
const MOST: u32 = 16u;   // largest k

struct Params {
  queries: u32,
  count: u32,
  first: u32,
  k: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> scores: array<f32>;
@group(0) @binding(2) var<storage, read> own: array<u32>;
@group(0) @binding(3) var<storage, read> others: array<u32>;
@group(0) @binding(4) var<storage, read_write> best: array<f32>;
@group(0) @binding(5) var<storage, read_write> index: array<u32>;

var<workgroup> partial: array<f32, WG>;

// The lane's candidates in falling order.
var<private> value: array<f32, MOST>;
var<private> place: array<u32, MOST>;

// <shared linear_group>
// Index of the workgroup in a grid that was split over x and y.
fn linear_group(group: vec3<u32>, groups: vec3<u32>) -> u32 {
  return group.x + group.y * groups.x;
}
// </shared linear_group>

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

// Puts a score at its place among the lane's candidates and drops the last; equal ones are ordered by reference.
fn insert(score: f32, reference: u32) {
  var moved = score;
  var origin = reference;
  for (var i = 0u; i < params.k; i++) {
    if (moved > value[i] || (moved == value[i] && origin < place[i])) {
      let lower = value[i];
      let behind = place[i];
      value[i] = moved;
      place[i] = origin;
      moved = lower;
      origin = behind;
    }
  }
}

@compute @workgroup_size(WG)
fn forward(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let query = linear_group(group, groups);
  let live = query < params.queries; // a surplus workgroup reads and writes nothing
  for (var i = 0u; i < params.k; i++) {
    value[i] = LOWEST;
    place[i] = NONE;
  }
  if (live && lane == 0u && params.first > 0u) {
    for (var i = 0u; i < params.k; i++) { insert(best[query * params.k + i], index[query * params.k + i]); }
  }
  for (var j = lane; j < select(0u, params.count, live); j += WG) {
    let score = scores[query * params.count + j];
    if (score > value[params.k - 1u] && others[params.first + j] != own[query]) {
      insert(score, params.first + j);
    }
  }
  var taken = 0u; // how many of the lane's candidates are among the best
  for (var i = 0u; i < params.k; i++) {
    let mine = select(LOWEST, value[min(taken, MOST - 1u)], taken < params.k);
    let top = workgroup_max(mine, lane);
    let at = f32(select(NONE, place[min(taken, MOST - 1u)], mine == top && taken < params.k));
    let first = -workgroup_max(-at, lane);
    if (mine == top && at == first) { taken++; }
    if (live && lane == 0u) {
      best[query * params.k + i] = top;
      index[query * params.k + i] = select(NONE, u32(first), top > LOWEST);
    }
  }
}
