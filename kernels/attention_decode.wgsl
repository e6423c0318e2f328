// attention_decode: the forward pass of attention.wgsl for queries that have most of their keys to themselves.
//
//   Same equations. A workgroup serves one query and divides its keys (Dao et al. 2023, "Flash-Decoding"): WG keys at a
//   time, its two spans one behind the other. Every invocation scores one key for all heads of the group; once all know
//   the highest score so far, the same invocations, now each with four columns of the head and a share of the keys, add
//   the weighted values. Shares are added up at the end, in order.
//
// Shapes    spans: [queries, 4]   q, y: [queries, heads, dim]   k, v: [slots, heads / GROUP, dim]
//           stats: [queries, heads, 2] = (lse, 0)
// Dispatch  forward: one workgroup per query and key head
// Limits    DIM a multiple of 4;  GROUP <= 8;  WG a power of two, at least DIM / 4
// Numerics  f32 storage, f32 accumulation, the same bits on every run; a query that sees nothing has y = 0

override WG: u32 = 64u;    // invocations per workgroup
override DIM: u32 = 32u;   // length of a head
override GROUP: u32 = 1u;  // query heads that share a key head

const LOWEST: f32 = -3.4028234e38;

struct Params {
  queries: u32,
  slots: u32,
  heads: u32,
  scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> spans: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> q: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> k: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> v: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> stats: array<vec2<f32>>;

var<workgroup> query: array<vec4<f32>, GROUP * DIM / 4u>;  // [GROUP, DIM / 4], scaled
var<workgroup> highest: array<atomic<u32>, GROUP>;         // order_key of the highest score so far
var<workgroup> weight: array<f32, GROUP * WG>;             // [GROUP, WG] of the keys at hand
var<workgroup> shares: array<vec4<f32>, WG>;
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

// <shared order_key>
// Orders as `value` does.
fn order_key(value: f32) -> u32 {
  let bits = bitcast<u32>(value);
  return select(bits | 0x80000000u, ~bits, (bits >> 31u) == 1u);
}
// </shared order_key>

// The value of a key.
fn of_order_key(key: u32) -> f32 {
  return bitcast<f32>(select(~key, key & 0x7fffffffu, (key >> 31u) == 1u));
}

// Slot of the t-th key that a query sees.
fn slot_of(span: vec4<u32>, t: u32) -> u32 {
  let shared_keys = span.y - span.x;
  return select(span.z + t - shared_keys, span.x + t, t < shared_keys);
}

@compute @workgroup_size(WG)
fn forward(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let id = linear_group(group, groups);
  let key_heads = params.heads / GROUP;
  let width = DIM / 4u;
  let n = id / key_heads;
  let head = id % key_heads;
  let place = n * params.heads + head * GROUP; // of the group's first head in [queries, heads]
  let span = select(vec4(0u), spans[n], n < params.queries);
  let count = span.y - span.x + span.w - span.z;
  for (var c = lane; c < GROUP * width; c += WG) { query[c] = params.scale * q[place * width + c]; }
  if (lane < GROUP) { atomicStore(&highest[lane], 0u); }
  workgroupBarrier();
  var top = array(LOWEST, LOWEST, LOWEST, LOWEST, LOWEST, LOWEST, LOWEST, LOWEST);
  var total = array<f32, 8>();       // of this invocation's weights
  var sum = array<vec4<f32>, 8>();   // of this invocation's share of the values
  for (var first = 0u; first < count; first += WG) {
    var s = array<f32, 8>(); // not every compiler clears a bare declaration on each turn of a loop
    if (first + lane < count) {
      let base = (slot_of(span, first + lane) * key_heads + head) * width;
      for (var c = 0u; c < width; c++) {
        let key = k[base + c];
        for (var h = 0u; h < GROUP; h++) { s[h] += dot(query[h * width + c], key); }
      }
      for (var h = 0u; h < GROUP; h++) { atomicMax(&highest[h], order_key(s[h])); }
    }
    workgroupBarrier();
    for (var h = 0u; h < GROUP; h++) {
      let higher = of_order_key(atomicLoad(&highest[h]));
      let keep = exp(top[h] - higher);
      let p = select(0.0, exp(s[h] - higher), first + lane < count);
      weight[h * WG + lane] = p;
      total[h] = total[h] * keep + p;
      sum[h] *= keep;
      top[h] = higher;
    }
    workgroupBarrier();
    // Invocations that no whole share is left for have none.
    for (var i = select(WG, lane / width, lane / width < WG / width); i < min(WG, count - first); i += WG / width) {
      let value = v[(slot_of(span, first + i) * key_heads + head) * width + lane % width];
      for (var h = 0u; h < GROUP; h++) { sum[h] += weight[h * WG + i] * value; }
    }
  }
  for (var h = 0u; h < GROUP; h++) {
    let all = workgroup_sum(total[h], lane);
    shares[lane] = sum[h];
    workgroupBarrier();
    if (lane < width && n < params.queries) {
      var value = vec4(0.0);
      for (var i = 0u; i < WG / width; i++) { value += shares[i * width + lane]; }
      y[(place + h) * width + lane] = value * select(0.0, 1.0 / all, all > 0.0);
      if (lane == 0u) { stats[place + h] = vec2(top[h] + log(max(all, 1e-30)), 0.0); }
    }
  }
}
