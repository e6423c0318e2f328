// feed_forward_image: what follows attention in a layer of a decoding step, for software adapters.
//
//   x[r] += y[r] output^T            h[r] = x[r] * gain / sqrt(mean_i(x[r,i]^2) + EPS)    (Zhang & Sennrich 2019, eq. 4)
//   z[r,c] = g / (1 + exp(-g)) * h[r] . gate_up[inter + c],   g = h[r] . gate_up[c]       (Shazeer 2020, eq. 5)
//   x[r] += z[r] down^T       A workgroup takes its rows through it all: its barriers cost less than ends of dispatches.
//
// Shapes    x, h: [rows, hidden]   y: [rows, width]   z: [rows, inter]   gain: [hidden]
//           output: [hidden, width]   gate_up: [2 * inter, hidden]   down: [hidden, inter]
//           live: [rows + 1], with LISTED the rows r that are wanted, then, at the end, their number
// Dispatch  forward: the workgroups share the rows, in eights
// Limits    groups >= rows / 32;  hidden, width and inter multiples of 4;  at least 8 invocations per subgroup
// Numerics  f32 storage, f32 accumulation, sums in the order of linear_image.wgsl;  the exponent is held below 80

override EPS: f32 = 1e-6;       // added to the mean square
override LISTED: bool = false;  // whether only the rows in `live` are wanted

struct Params {
  rows: u32,
  hidden: u32,
  width: u32,
  inter: u32,
  groups: u32, // workgroups
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> y: array<vec4<f32>>;
@group(0) @binding(2) var output: texture_storage_2d<rgba32float, read>;
@group(0) @binding(3) var gate_up: texture_storage_2d<rgba32float, read>;
@group(0) @binding(4) var down: texture_storage_2d<rgba32float, read>;
@group(0) @binding(5) var<storage, read> gain: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read> live: array<u32>;
@group(0) @binding(7) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(8) var<storage, read_write> h: array<vec4<f32>>;
@group(0) @binding(9) var<storage, read_write> z: array<vec4<f32>>;

// <shared image_texel>
// Where four numbers of an image are, counted in fours.
fn image_texel(i: u32) -> vec2<u32> {
  return vec2(i % 1024u, i / 1024u);
}
// </shared image_texel>

// <shared image_tile>
const LANES = 8u;
const TILE = 32u;

// Rows 4 q + 0..3 of the tile are the columns of sum[q]; each holds the lane's four columns.
alias Tile = array<mat4x4<f32>, 8>;

fn live_at(i: u32) -> u32 {
  if (LISTED) { return live[i]; }
  return i; // all are, and at the end is their number
}

// Lane l's rows of a tile, rows 8 g + l; beyond the last, some rows.
fn tile_rows(first: u32, lane: u32) -> vec4<u32> {
  let last = vec4(params.rows - 1u);
  let i = min(first + lane + vec4(0u, LANES, 2u * LANES, 3u * LANES), last);
  return min(vec4(live_at(i.x), live_at(i.y), live_at(i.z), live_at(i.w)), last);
}

// One row of the tile plus four terms: column i of w is row i of the weight's transpose, u is x at the same i.
fn plus_terms(sum: vec4<f32>, w: mat4x4<f32>, u: vec4<f32>) -> vec4<f32> {
  return sum + w[0] * u.x + w[1] * u.y + w[2] * u.z + w[3] * u.w;
}

// Four rows of the tile plus four terms each; the rows of x are what lanes 0..3 or 4..7 hold in v.
fn plus_low(sum: mat4x4<f32>, w: mat4x4<f32>, v: vec4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(
    plus_terms(sum[0], w, subgroupBroadcast(v, 0u)), plus_terms(sum[1], w, subgroupBroadcast(v, 1u)),
    plus_terms(sum[2], w, subgroupBroadcast(v, 2u)), plus_terms(sum[3], w, subgroupBroadcast(v, 3u)),
  );
}

fn plus_high(sum: mat4x4<f32>, w: mat4x4<f32>, v: vec4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(
    plus_terms(sum[0], w, subgroupBroadcast(v, 4u)), plus_terms(sum[1], w, subgroupBroadcast(v, 5u)),
    plus_terms(sum[2], w, subgroupBroadcast(v, 6u)), plus_terms(sum[3], w, subgroupBroadcast(v, 7u)),
  );
}

// Adds a tile of `count` rows up, of rows `first`, first + 1, second and second + 1 of the weight for this lane, which loads
// `own` rows of x; the result adds up what square_of() makes of these. Where a kernel has several products, p says which.
fn add_up(p: u32, sum: ptr<function, Tile>, own: vec4<u32>, count: u32, first: u32, second: u32) -> vec4<f32> {
  let inner4 = inner_of(p) / 4u;
  let at = vec4(first, first + 1u, second, second + 1u) * inner4;
  let place = own * inner4;
  let eights = (count + LANES - 1u) / LANES;
  var square = array(0.0, 0.0, 0.0, 0.0);
  for (var i = 0u; i < select(inner4, 0u, eights == 0u); i++) {
    let w = transpose(mat4x4<f32>(w_at(p, at.x + i), w_at(p, at.y + i), w_at(p, at.z + i), w_at(p, at.w + i)));
    let g = factor_at(i);
    let v0 = x_at(p, place.x + i);
    square[0] += square_of(v0);
    (*sum)[0] = plus_low((*sum)[0], w, v0 * g);
    (*sum)[1] = plus_high((*sum)[1], w, v0 * g);
    if (eights > 1u) {
      let v1 = x_at(p, place.y + i);
      square[1] += square_of(v1);
      (*sum)[2] = plus_low((*sum)[2], w, v1 * g);
      (*sum)[3] = plus_high((*sum)[3], w, v1 * g);
    }
    if (eights > 2u) {
      let v2 = x_at(p, place.z + i);
      square[2] += square_of(v2);
      (*sum)[4] = plus_low((*sum)[4], w, v2 * g);
      (*sum)[5] = plus_high((*sum)[5], w, v2 * g);
    }
    if (eights > 3u) {
      let v3 = x_at(p, place.w + i);
      square[3] += square_of(v3);
      (*sum)[6] = plus_low((*sum)[6], w, v3 * g);
      (*sum)[7] = plus_high((*sum)[7], w, v3 * g);
    }
  }
  return vec4(square[0], square[1], square[2], square[3]);
}
// </shared image_tile>

const OUTPUT = 0u; // the products
const GATE_UP = 1u;
const DOWN = 2u;
fn x_at(p: u32, i: u32) -> vec4<f32> {
  if (p == OUTPUT) { return y[i]; }
  if (p == GATE_UP) { return h[i]; }
  return z[i];
}
fn w_at(p: u32, i: u32) -> vec4<f32> {
  if (p == OUTPUT) { return textureLoad(output, image_texel(i)); }
  if (p == GATE_UP) { return textureLoad(gate_up, image_texel(i)); }
  return textureLoad(down, image_texel(i));
}
fn inner_of(p: u32) -> u32 { return array(params.width, params.hidden, params.inter)[p]; }
fn factor_at(i: u32) -> vec4<f32> { return vec4(1.0); }
fn square_of(v: vec4<f32>) -> f32 { return 0.0; }

// x += the product; the lane's rows, of which there are `count` in all.
fn add_product(p: u32, rows: vec4<u32>, count: u32, lane: u32) {
  let cols4 = params.hidden / 4u;
  for (var c = lane; c - lane < cols4; c += LANES) {
    let first = 4u * min(c, cols4 - 1u);
    var sum = Tile();
    _ = add_up(p, &sum, rows, count, first, first + 2u);
    for (var i = 0u; i < count; i++) {
      let e = subgroupShuffle(rows[i / LANES], i % LANES) * cols4 + c;
      if (c < cols4) { x[e] += sum[i / 4u][i % 4u]; }
    }
  }
}

fn normalise(row: u32) {
  let start = row * (params.hidden / 4u);
  var square = 0.0;
  for (var c = 0u; c < params.hidden / 4u; c++) { square += dot(x[start + c], x[start + c]); }
  let factor = inverseSqrt(square / f32(params.hidden) + EPS);
  for (var c = 0u; c < params.hidden / 4u; c++) { h[start + c] = factor * x[start + c] * gain[c]; }
}

// Two columns of z from their gates and ups.
fn gated(sums: vec4<f32>) -> vec2<f32> {
  let gate = sums.xy;
  return gate * (1.0 / (1.0 + exp(min(-gate, vec2(80.0))))) * sums.zw;
}

// z = the gated product. Neighbouring lanes hold halves of four columns: of two rows, the even lane writes the first.
fn multiply_gated(rows: vec4<u32>, count: u32, lane: u32) {
  let odd = (lane & 1u) != 0u;
  for (var c = lane; c - lane < params.inter / 2u; c += LANES) {
    let first = 2u * min(c, params.inter / 2u - 1u);
    var sum = Tile();
    _ = add_up(GATE_UP, &sum, rows, count, first, params.inter + first);
    for (var i = 0u; i < count; i += 2u) {
      let upper = gated(sum[i / 4u][i % 4u]);
      let lower = gated(sum[i / 4u][i % 4u + 1u]);
      let other = subgroupShuffleXor(select(lower, upper, odd), 1u);
      let mine = subgroupShuffle(rows[i / LANES], (i + (lane & 1u)) % LANES);
      if (c < params.inter / 2u && i + (lane & 1u) < count) {
        z[mine * (params.inter / 4u) + c / 2u] = select(vec4(upper, other), vec4(other, lower), odd);
      }
    }
  }
}

@compute @workgroup_size(LANES)
fn forward(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let total = live_at(params.rows);
  let most = (total + params.groups * LANES - 1u) / (params.groups * LANES) * LANES; // rows of a workgroup
  let first = group.x * most;
  let count = min(most, max(total, first) - first);
  let rows = tile_rows(first, lane);
  add_product(OUTPUT, rows, count, lane);
  storageBarrier();
  for (var g = 0u; g < 4u; g++) { if (LANES * g + lane < count) { normalise(rows[g]); } }
  storageBarrier();
  multiply_gated(rows, count, lane);
  storageBarrier();
  add_product(DOWN, rows, count, lane);
}
