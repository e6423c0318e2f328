// matmul_subgroup_matrix: matrix product from 8 x 8 matrices that a subgroup multiplies at once (tensor cores).
//
//   y[r,c] = scale * sum_i opa(a)[r,i] * opb(b)[i,c]  (+ bias[c]) (+ residual[r,c]) (+ y[r,c])
//
// Needs the experimental feature of Dawn's WebGPU and an adapter that multiplies F32 matrices of 8 x 8 by 8 x 8. The
// backend writes the directives that switch it on in front of this file.
//
// Shapes    y, residual: [rows, cols]   bias: [cols]
//           forward_nt: a [rows, inner], b [cols, inner]    forward_nn: a [rows, inner], b [inner, cols]
//           forward_tn: a [inner, rows], b [inner, cols]
// Dispatch  workgroup (x, y), one subgroup, owns columns 32 x + 0..31 and rows 32 y + 0..31 of y; a tile that would
//           stick out begins earlier and writes only what it owns
// Limits    rows, cols >= 32;  inner a multiple of 8, the last axes of a and b of 4 (matrices begin at multiples of 16
//           bytes);  WG the size of every subgroup;  rows, cols <= 32 * 65535
// Numerics  f32 storage, f32 accumulation, eight terms at a time in the order of i;  y = or += by `accumulate`

override WG: u32 = 32u;  // invocations per workgroup: one subgroup

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
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read> residual: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;

const SIDE = 8u;    // of a matrix
const TILE = 32u;   // of a workgroup
const ACROSS = 4u;  // matrices along each side of the tile

alias Left = subgroup_matrix_left<f32, 8, 8>;
alias Right = subgroup_matrix_right<f32, 8, 8>;
// Matrix (r, c) of the tile is sum[ACROSS * r + c].
alias Tile = array<subgroup_matrix_result<f32, 8, 8>, 16>;

var<workgroup> staged: array<f32, 1024>; // [TILE, TILE]

// First row and column of the workgroup's tile, moved up and left where it would stick out.
fn tile_origin(group: vec3<u32>) -> vec2<u32> {
  return min(group.xy * TILE, vec2<u32>(params.cols, params.rows) - TILE).yx;
}

fn add_terms(sum: ptr<function, Tile>, left: array<Left, ACROSS>, right: array<Right, ACROSS>) {
  for (var r = 0u; r < ACROSS; r++) {
    for (var c = 0u; c < ACROSS; c++) {
      (*sum)[ACROSS * r + c] = subgroupMatrixMultiplyAccumulate(left[r], right[c], (*sum)[ACROSS * r + c]);
    }
  }
}

// Writes what the workgroup owns of its tile.
fn store(sum: ptr<function, Tile>, group: vec3<u32>, lane: u32) {
  for (var r = 0u; r < ACROSS; r++) {
    for (var c = 0u; c < ACROSS; c++) {
      subgroupMatrixStore<row_major>(&staged, (r * TILE + c) * SIDE, (*sum)[ACROSS * r + c], TILE);
    }
  }
  workgroupBarrier();
  let origin = tile_origin(group);
  for (var i = lane; i < TILE * TILE; i += WG) {
    let row = origin.x + i / TILE;
    let col = origin.y + i % TILE;
    if (row >= group.y * TILE && col >= group.x * TILE) {
      let e = row * params.cols + col;
      var value = params.scale * staged[i];
      if (params.add_bias != 0u) { value += bias[col]; }
      if (params.add_residual != 0u) { value += residual[e]; }
      if (params.accumulate != 0u) { value += y[e]; }
      y[e] = value;
    }
  }
}

@compute @workgroup_size(WG)
fn forward_nt(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let origin = tile_origin(group);
  var sum: Tile;
  for (var i = 0u; i < params.inner; i += SIDE) {
    var left: array<Left, ACROSS>;
    var right: array<Right, ACROSS>;
    for (var m = 0u; m < ACROSS; m++) {
      left[m] = subgroupMatrixLoad<Left, row_major>(&a, (origin.x + m * SIDE) * params.inner + i, params.inner);
      right[m] = subgroupMatrixLoad<Right, col_major>(&b, (origin.y + m * SIDE) * params.inner + i, params.inner);
    }
    add_terms(&sum, left, right);
  }
  store(&sum, group, lane);
}

@compute @workgroup_size(WG)
fn forward_nn(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let origin = tile_origin(group);
  var sum: Tile;
  for (var i = 0u; i < params.inner; i += SIDE) {
    var left: array<Left, ACROSS>;
    var right: array<Right, ACROSS>;
    for (var m = 0u; m < ACROSS; m++) {
      left[m] = subgroupMatrixLoad<Left, row_major>(&a, (origin.x + m * SIDE) * params.inner + i, params.inner);
      right[m] = subgroupMatrixLoad<Right, row_major>(&b, i * params.cols + origin.y + m * SIDE, params.cols);
    }
    add_terms(&sum, left, right);
  }
  store(&sum, group, lane);
}

@compute @workgroup_size(WG)
fn forward_tn(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let origin = tile_origin(group);
  var sum: Tile;
  for (var i = 0u; i < params.inner; i += SIDE) {
    var left: array<Left, ACROSS>;
    var right: array<Right, ACROSS>;
    for (var m = 0u; m < ACROSS; m++) {
      left[m] = subgroupMatrixLoad<Left, col_major>(&a, i * params.rows + origin.x + m * SIDE, params.rows);
      right[m] = subgroupMatrixLoad<Right, row_major>(&b, i * params.cols + origin.y + m * SIDE, params.cols);
    }
    add_terms(&sum, left, right);
  }
  store(&sum, group, lane);
}
