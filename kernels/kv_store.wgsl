// kv_store: queries of new tokens rotated in place, their rotated keys and their values into the slots of the cache.
//
//   q[n] <- rope(q[n], position[n])     keys[slot[n]] = rope(k[n], position[n])     values[slot[n]] = v[n]   (rope.wgsl)
//
// Shapes    q: [rows, heads, dim]   k, v: [rows, key_heads, dim]   position, slot: [rows]
//           table: [positions, dim] (rope.wgsl)   keys, values: [slots, key_heads, dim]
// Dispatch  forward: one workgroup per row
// Limits    dim even;  a row whose slot is not below `slots` is left alone;  stored slots are distinct
// Numerics  f32

override WG: u32 = 64u;  // invocations per workgroup

struct Params {
  rows: u32,
  heads: u32,
  key_heads: u32,
  dim: u32,
  slots: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> table: array<f32>;
@group(0) @binding(2) var<storage, read> position: array<u32>;
@group(0) @binding(3) var<storage, read> slot: array<u32>;
@group(0) @binding(4) var<storage, read_write> q: array<f32>;
@group(0) @binding(5) var<storage, read> k: array<f32>;
@group(0) @binding(6) var<storage, read> v: array<f32>;
@group(0) @binding(7) var<storage, read_write> keys: array<f32>;
@group(0) @binding(8) var<storage, read_write> values: array<f32>;

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
  let row = linear_group(group, groups);
  if (row >= params.rows || slot[row] >= params.slots) { return; }
  let half = params.dim / 2u;
  let angle = position[row] * params.dim;
  let width = params.key_heads * params.dim;
  for (var i = lane; i < half; i += WG) {
    let cosine = table[angle + i];
    let sine = table[angle + half + i];
    for (var head = 0u; head < params.heads; head++) {
      let low = (row * params.heads + head) * params.dim + i;
      let a = q[low];
      let b = q[low + half];
      q[low] = a * cosine - b * sine;
      q[low + half] = b * cosine + a * sine;
    }
    for (var head = 0u; head < params.key_heads; head++) {
      let source = row * width + head * params.dim + i;
      let goal = slot[row] * width + head * params.dim + i;
      keys[goal] = k[source] * cosine - k[source + half] * sine;
      keys[goal + half] = k[source + half] * cosine + k[source] * sine;
      values[goal] = v[source];
      values[goal + half] = v[source + half];
    }
  }
}
