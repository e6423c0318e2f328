// kv_store_image: kv_store.wgsl with a cache of images, four numbers at a time.
//
//   q[n] <- rope(q[n], position[n])     keys[slot[n]] = rope(k[n], position[n])     values[slot[n]] = v[n]   (rope.wgsl)
//
// Shapes    q: [rows, heads, DIM]   k, v: [rows, key_heads, DIM]   position, slot: [rows]
//           table: [positions, DIM] (rope.wgsl)   keys, values: [key_heads, slots, DIM]
// Dispatch  forward: one workgroup per row
// Limits    DIM a multiple of 8;  a row whose slot is not below `slots` is left alone;  stored slots are distinct
// Numerics  f32

override WG: u32 = 64u;   // invocations per workgroup
override DIM: u32 = 32u;  // length of a head

struct Params {
  rows: u32,
  heads: u32,
  key_heads: u32,
  slots: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> table: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> position: array<u32>;
@group(0) @binding(3) var<storage, read> slot: array<u32>;
@group(0) @binding(4) var<storage, read_write> q: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> k: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read> v: array<vec4<f32>>;
@group(0) @binding(7) var keys: texture_storage_2d<rgba32float, write>;
@group(0) @binding(8) var values: texture_storage_2d<rgba32float, write>;

// <shared linear_group>
// Index of the workgroup in a grid that was split over x and y.
fn linear_group(group: vec3<u32>, groups: vec3<u32>) -> u32 {
  return group.x + group.y * groups.x;
}
// </shared linear_group>

// <shared image_texel>
// Where four numbers of an image are, counted in fours.
fn image_texel(i: u32) -> vec2<u32> {
  return vec2(i % 1024u, i / 1024u);
}
// </shared image_texel>

// Four pairs of numbers, turned: the lower and the upper half of a head.
fn turned(low: vec4<f32>, high: vec4<f32>, angle: u32) -> array<vec4<f32>, 2> {
  let cosine = table[angle];
  let sine = table[angle + DIM / 8u];
  return array(low * cosine - high * sine, high * cosine + low * sine);
}

@compute @workgroup_size(WG)
fn forward(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = linear_group(group, groups);
  if (row >= params.rows || slot[row] >= params.slots) { return; }
  let half = DIM / 8u;
  let angle = position[row] * 2u * half;
  for (var i = lane; i < params.heads * half; i += WG) {
    let low = (row * params.heads + i / half) * 2u * half + i % half;
    let both = turned(q[low], q[low + half], angle + i % half);
    q[low] = both[0];
    q[low + half] = both[1];
  }
  for (var i = lane; i < params.key_heads * half; i += WG) {
    let source = (row * params.key_heads + i / half) * 2u * half + i % half;
    let goal = (i / half * params.slots + slot[row]) * 2u * half + i % half;
    let both = turned(k[source], k[source + half], angle + i % half);
    textureStore(keys, image_texel(goal), both[0]);
    textureStore(keys, image_texel(goal + half), both[1]);
    textureStore(values, image_texel(goal), v[source]);
    textureStore(values, image_texel(goal + half), v[source + half]);
  }
}
