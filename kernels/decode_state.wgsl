// decode_state: where the next token of every live sequence goes, advanced on the device between decoding steps.
//
//   live:      position += 1   slot += 1   spans.w += 1
//   finished:  slot = none (the largest u32: kv_store stores nothing)   spans = 0 (attention visits no key)
//   rows:      the live sequences, in order, and at the end their number
//
// Shapes    finished, position, slot: [batch]   spans: [batch, 4]   rows: [batch + 1]
// Dispatch  forward: one invocation per sequence
// Limits    none
// Numerics  integers

override WG: u32 = 64u;  // invocations per workgroup

struct Params {
  batch: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> finished: array<u32>;
@group(0) @binding(2) var<storage, read_write> position: array<u32>;
@group(0) @binding(3) var<storage, read_write> slot: array<u32>;
@group(0) @binding(4) var<storage, read_write> spans: array<vec4<u32>>;
@group(0) @binding(5) var<storage, read_write> rows: array<u32>;

// <shared linear_group>
// Index of the workgroup in a grid that was split over x and y.
fn linear_group(group: vec3<u32>, groups: vec3<u32>) -> u32 {
  return group.x + group.y * groups.x;
}
// </shared linear_group>

@compute @workgroup_size(WG)
fn forward(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let b = linear_group(group, groups) * WG + lane;
  if (b >= params.batch) { return; }
  var before = 0u; // live ones
  for (var other = 0u; other < b; other++) { before += select(0u, 1u, finished[other] == 0u); }
  let live = finished[b] == 0u;
  if (b + 1u == params.batch) { rows[params.batch] = before + u32(live); }
  if (live) {
    rows[before] = b;
    position[b] += 1u;
    slot[b] += 1u;
    spans[b].w += 1u;
  } else {
    slot[b] = 0xffffffffu;
    spans[b] = vec4(0u);
  }
}
