// matmul_subgroup_matrix_half: product of halves from 16 x 16 matrices that a subgroup multiplies at once (tensor cores).
//
//   y[r,c] = scale * sum_i opa(a)[r,i] * opb(b)[i,c]  (+ bias[c]) (+ residual[r,c]) (+ y[r,c])
//
// Needs the experimental feature of Dawn's WebGPU and an adapter that multiplies F16 matrices of 16 x 16 by 16 x 16 into
// F32 ones. The backend writes the directives that switch both on in front of this file.
//
// Shapes    y, residual: [rows, cols]   bias: [cols];  a and b as halves
//           forward_nt: a [rows, inner], b [cols, inner]    forward_nn: a [rows, inner], b [inner, cols]
//           forward_tn: a [inner, rows], b [inner, cols]
// Dispatch  workgroup (x, y) of SIDE * SIDE subgroups owns columns 64 SIDE x + 0..64 SIDE - 1 of y, rows likewise by y;
//           a subgroup owns a tile of 64 x 64, which it moves up and left where it would stick out, and writes only what
//           it owns of it
// Limits    rows, cols >= 64;  inner a multiple of 16, the last axes of a and b multiples of 8: matrices begin at
//           multiples of 16 bytes;  WG the size of every subgroup;  rows, cols <= 64 * 65535
// Numerics  f16 storage, f32 products (exact) and accumulation, sixteen terms at a time in the order of i, of which the
//           adapter chooses the order and the rounding;  y = or += by `accumulate`

override WG: u32 = 32u;   // invocations per subgroup
override SIDE: u32 = 1u;  // subgroups along a side of the workgroup: 1 or 2

struct Params {
  rows: u32,
  cols: u32,
  inner: u32,
  add_bias: u32,     // 0 or 1
  add_residual: u32, // 0 or 1
  accumulate: u32,   // 0 or 1
  scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f16>;
@group(0) @binding(2) var<storage, read> b: array<f16>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read> residual: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;

const EDGE = 16u;   // of a matrix
const TILE = 64u;   // of a subgroup
const ACROSS = 4u;  // matrices along each side of the tile
const STRIP = 1024u; // numbers of EDGE rows of the tile

alias Left = subgroup_matrix_left<f16, 16, 16>;
alias Right = subgroup_matrix_right<f16, 16, 16>;
// Matrix (r, c) of the tile is sum[ACROSS * r + c].
alias Tile = array<subgroup_matrix_result<f32, 16, 16>, 16>;

var<workgroup> staged: array<f32, STRIP * SIDE * SIDE>; // [subgroups, EDGE, TILE]

// Where a subgroup's tile lies.
struct Place {
  own: vec2<u32>,    // row and column where what it owns begins; possibly outside y
  origin: vec2<u32>, // row and column where it begins, inside y
  subgroup: u32,
}

fn place_of(group: vec3<u32>, lane: u32) -> Place {
  let subgroup = subgroupBroadcastFirst(lane / WG);
  let own = TILE * (SIDE * group.yx + vec2<u32>(subgroup / SIDE, subgroup % SIDE));
  return Place(own, min(own, vec2<u32>(params.rows, params.cols) - TILE), subgroup);
}

fn add_terms(sum: ptr<function, Tile>, left: array<Left, ACROSS>, right: array<Right, ACROSS>) {
  for (var r = 0u; r < ACROSS; r++) {
    for (var c = 0u; c < ACROSS; c++) {
      (*sum)[ACROSS * r + c] = subgroupMatrixMultiplyAccumulate(left[r], right[c], (*sum)[ACROSS * r + c]);
    }
  }
}

// Writes one number of y.
fn store(row: u32, col: u32, sum: f32) {
  let e = row * params.cols + col;
  var value = params.scale * sum;
  if (params.add_bias != 0u) { value += bias[col]; }
  if (params.add_residual != 0u) { value += residual[e]; }
  if (params.accumulate != 0u) { value += y[e]; }
  y[e] = value;
}

// Writes what the subgroup owns of its tile, EDGE rows at a time.
fn store_tile(sum: ptr<function, Tile>, place: Place, lane: u32) {
  let first = STRIP * place.subgroup;
  for (var r = 0u; r < ACROSS; r++) {
    for (var c = 0u; c < ACROSS; c++) {
      subgroupMatrixStore<row_major>(&staged, first + c * EDGE, (*sum)[ACROSS * r + c], TILE);
    }
    workgroupBarrier();
    for (var i = lane % WG; i < STRIP; i += WG) {
      let row = place.origin.x + r * EDGE + i / TILE;
      let col = place.origin.y + i % TILE;
      if (row >= place.own.x && col >= place.own.y) { store(row, col, staged[first + i]); }
    }
    workgroupBarrier();
  }
}

@compute @workgroup_size(WG * SIDE * SIDE)
fn forward_nt(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let place = place_of(group, lane);
  let origin = place.origin;
  var sum: Tile;
  for (var i = 0u; i < params.inner; i += EDGE) {
    var left: array<Left, ACROSS>;
    var right: array<Right, ACROSS>;
    for (var m = 0u; m < ACROSS; m++) {
      left[m] = subgroupMatrixLoad<Left, row_major>(&a, (origin.x + m * EDGE) * params.inner + i, params.inner);
      right[m] = subgroupMatrixLoad<Right, col_major>(&b, (origin.y + m * EDGE) * params.inner + i, params.inner);
    }
    add_terms(&sum, left, right);
  }
  store_tile(&sum, place, lane);
}

@compute @workgroup_size(WG * SIDE * SIDE)
fn forward_nn(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let place = place_of(group, lane);
  let origin = place.origin;
  var sum: Tile;
  for (var i = 0u; i < params.inner; i += EDGE) {
    var left: array<Left, ACROSS>;
    var right: array<Right, ACROSS>;
    for (var m = 0u; m < ACROSS; m++) {
      left[m] = subgroupMatrixLoad<Left, row_major>(&a, (origin.x + m * EDGE) * params.inner + i, params.inner);
      right[m] = subgroupMatrixLoad<Right, row_major>(&b, i * params.cols + origin.y + m * EDGE, params.cols);
    }
    add_terms(&sum, left, right);
  }
  store_tile(&sum, place, lane);
}

@compute @workgroup_size(WG * SIDE * SIDE)
fn forward_tn(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let place = place_of(group, lane);
  let origin = place.origin;
  var sum: Tile;
  for (var i = 0u; i < params.inner; i += EDGE) {
    var left: array<Left, ACROSS>;
    var right: array<Right, ACROSS>;
    for (var m = 0u; m < ACROSS; m++) {
      left[m] = subgroupMatrixLoad<Left, col_major>(&a, i * params.rows + origin.x + m * EDGE, params.rows);
      right[m] = subgroupMatrixLoad<Right, row_major>(&b, i * params.cols + origin.y + m * EDGE, params.cols);
    }
    add_terms(&sum, left, right);
  }
  store_tile(&sum, place, lane);
}
