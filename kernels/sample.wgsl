// sample: the next token of every live sequence, drawn on the device, with its log-probability.
//
//   z = logits / temperature     kept = the top_k largest, of those the fewest whose share reaches top_p (ties stay)
//   token = argmax over kept of z[c] - log e[c],  e[c] = -log(1 - u[c])     (Gumbel-max; u depends on seed, stream,
//           length and c alone, so a draw is the same whatever else is in the batch)
//   logp  = z[token] - log sum over kept of exp z
//   temperature 0: token = argmax of the logits, the first of equals; logp at temperature 1 over all tokens
//   A sequence is finished by a token of `stop`, which it keeps, or by its limit-th token.
//
// Shapes    logits: [batch, vocab]   stream, finished, length, next: [batch]   stop: [stops]
//           tokens, logps: [batch, limit], of which length[b] are filled
// Dispatch  forward: one workgroup per sequence
// Limits    WG a power of two;  vocab < 2^24, since counts and indices pass through f32
// Numerics  f32; the bound of what is kept is found bit by bit in an unsigned key that orders as the logits do

override WG: u32 = 64u;  // invocations per workgroup

const LOWEST: f32 = -3.4028234e38;

struct Params {
  batch: u32,
  vocab: u32,
  limit: u32,
  stops: u32,
  seed: u32,
  top: u32,
  share: f32,
  temperature: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read> stream: array<u32>;
@group(0) @binding(3) var<storage, read> stop: array<u32>;
@group(0) @binding(4) var<storage, read_write> finished: array<u32>;
@group(0) @binding(5) var<storage, read_write> length: array<u32>;
@group(0) @binding(6) var<storage, read_write> tokens: array<u32>;
@group(0) @binding(7) var<storage, read_write> logps: array<f32>;
@group(0) @binding(8) var<storage, read_write> next: array<u32>;

// A row's logits as the workgroup reads them: z[c] = rate * logits[base + c] - peak, for c < cols.
struct Row {
  base: u32,
  cols: u32,
  rate: f32,
  peak: f32,
}

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

// A bijection of words in which every bit depends on every bit (constants of Ellis's SplitMix32).
fn mix(word: u32) -> u32 {
  var z = (word ^ (word >> 16u)) * 0x21f0aaadu;
  z = (z ^ (z >> 15u)) * 0x735a2d97u;
  return z ^ (z >> 15u);
}

// -log(1 - u) for u = bits / 2^32, by its series where 1 - u would lose the digits of u.
fn exponential(bits: u32) -> f32 {
  let u = min((f32(bits) + 0.5) / 4294967296.0, 1.0 - 5.9604645e-8);
  return select(-log(1.0 - u), u * (1.0 + u * (0.5 + u / 3.0)), u < 0.01);
}

// <shared order_key>
// Orders as `value` does.
fn order_key(value: f32) -> u32 {
  let bits = bitcast<u32>(value);
  return select(bits | 0x80000000u, ~bits, (bits >> 31u) == 1u);
}
// </shared order_key>

// Sum of exp(z) over the logits whose key is at least `bound`; their number where rate and peak are zero.
fn mass_above(row: Row, bound: u32, lane: u32) -> f32 {
  var sum = 0.0;
  for (var c = lane; c < row.cols; c += WG) {
    let value = logits[row.base + c];
    sum += select(0.0, exp(row.rate * value - row.peak), order_key(value) >= bound);
  }
  return workgroup_sum(sum, lane);
}

// The largest bound above which there is at least `wanted` mass.
fn find_bound(row: Row, wanted: f32, lane: u32) -> u32 {
  var bound = 0u;
  for (var bit = 0x80000000u; bit > 0u; bit >>= 1u) {
    bound = select(bound, bound | bit, mass_above(row, bound | bit, lane) >= wanted);
  }
  return bound;
}

@compute @workgroup_size(WG)
fn forward(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let b = linear_group(group, groups);
  let live = b < params.batch && finished[b] == 0u;
  let greedy = params.temperature == 0.0;
  var row = Row(b * params.vocab, select(0u, params.vocab, live), 0.0, 0.0); // nothing is read of a finished one
  var bound = 0u;
  if (!greedy && params.top < params.vocab) { bound = find_bound(row, f32(params.top), lane); }
  row.rate = select(1.0 / params.temperature, 1.0, greedy);
  var peak = LOWEST;
  for (var c = lane; c < row.cols; c += WG) { peak = max(peak, row.rate * logits[row.base + c]); }
  row.peak = workgroup_max(peak, lane);
  var mass = mass_above(row, bound, lane);
  if (!greedy && params.share < 1.0) {
    bound = find_bound(row, params.share * mass, lane);
    mass = mass_above(row, bound, lane);
  }
  let key = mix(mix(mix(params.seed + 0x9e3779b9u) + stream[b]) + length[b]);
  var best = LOWEST;
  var chosen = 0u;
  for (var c = lane; c < row.cols; c += WG) {
    let value = logits[row.base + c];
    let noise = select(log(exponential(mix(key ^ mix(c + 0x9e3779b9u)))), 0.0, greedy);
    let score = row.rate * value - row.peak - noise;
    if (order_key(value) >= bound && score > best) {
      best = score;
      chosen = c;
    }
  }
  let winner = workgroup_max(best, lane);
  let first = -workgroup_max(select(LOWEST, -f32(chosen), best == winner), lane);
  if (lane == 0u && live) {
    let token = u32(first);
    let n = length[b];
    tokens[b * params.limit + n] = token;
    logps[b * params.limit + n] = row.rate * logits[row.base + token] - row.peak - log(mass);
    next[b] = token;
    length[b] = n + 1u;
    var ends = n + 1u == params.limit;
    for (var i = 0u; i < params.stops; i++) { ends = ends || stop[i] == token; }
    finished[b] = select(0u, 1u, ends);
  }
}
