// linear_image: the linear layer for software adapters, with the weight in an image.
//
//   y[r,c] = sum_i x[r,i] * w[c,i]  (+ bias[c]) (+ residual[r,c])
//
// Tile and order of the sums are those of matmul_broadcast.wgsl, so the results are the same bits. Of a tile that is not
// full, only as many eights of rows are computed as there are.
//
// Shapes    x: [rows, inner]   y, residual: [rows, cols]   bias: [cols]
//           w: [cols, inner]
//           live: [rows + 1], with LISTED the rows r that are wanted, then, at the end, their number
// Dispatch  forward: workgroup (x, y) owns rows 32 y + 0..31, or those of the list, and columns 32 x + 0..31, a lane 4 of them
// Limits    cols and inner multiples of 4;  at least 8 invocations per subgroup;  rows, cols <= 32 * 65535
// Numerics  f32 storage, f32 accumulation, four terms at a time in the order of i

override LISTED: bool = false;  // whether only the rows in `live` are wanted

struct Params {
  rows: u32,
  cols: u32,
  inner: u32,
  add_bias: u32,     // 0 or 1
  add_residual: u32, // 0 or 1
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var w: texture_storage_2d<rgba32float, read>;
@group(0) @binding(3) var<storage, read> bias: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> residual: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read> live: array<u32>;

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

// <shared image_product>
fn x_at(p: u32, i: u32) -> vec4<f32> { return x[i]; }
fn w_at(p: u32, i: u32) -> vec4<f32> { return textureLoad(w, image_texel(i)); }
fn inner_of(p: u32) -> u32 { return params.inner; }

// Rows that there are from the i-th on, at most a tile's.
fn rows_from(i: u32) -> u32 { return min(TILE, max(live_at(params.rows), i) - i); }
// </shared image_product>

fn factor_at(i: u32) -> vec4<f32> { return vec4(1.0); }
fn square_of(v: vec4<f32>) -> f32 { return 0.0; }

@compute @workgroup_size(LANES)
fn forward(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = group.y * TILE;
  let cols4 = params.cols / 4u;
  let col4 = group.x * LANES + lane;
  let first = 4u * min(col4, cols4 - 1u);
  var sum = Tile();
  let rows = tile_rows(row, lane);
  let count = rows_from(row);
  _ = add_up(0u, &sum, rows, count, first, first + 2u);
  for (var r = 0u; r < count; r++) {
    let e = subgroupShuffle(rows[r / LANES], r % LANES) * cols4 + col4;
    if (col4 >= cols4) { continue; }
    var value = sum[r / 4u][r % 4u];
    if (params.add_bias != 0u) { value += bias[col4]; }
    if (params.add_residual != 0u) { value += residual[e]; }
    y[e] = value;
  }
}
