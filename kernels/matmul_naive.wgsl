// matmul_naive: matrix product for any shape and any transposes, one output per invocation; the reference on the GPU.
//
//   y[r,c] = scale * sum_i opa(a)[r,i] * opb(b)[i,c]  (+ bias[c]) (+ residual[r,c]) (+ y[r,c])
//
// Shapes    opa(a): [rows, inner]   opb(b): [inner, cols]   y, residual: [rows, cols]   bias: [cols]
//           a and b are read through strides, so a transpose is a choice of strides
// Dispatch  forward: one invocation per element of y, WG elements per workgroup, linear over a grid of x and y
// Limits    every tensor at most 2^32 - 1 elements
// Numerics  f32 storage, f32 accumulation in the order of i;  y = or += by `accumulate`

override WG: u32 = 64u; // invocations per workgroup

struct Params {
  rows: u32,
  cols: u32,
  inner: u32,
  a_row: u32,        // elements from row r to r + 1 of opa(a)
  a_inner: u32,      // elements from i to i + 1 of opa(a)
  b_inner: u32,      // elements from i to i + 1 of opb(b)
  b_col: u32,        // elements from column c to c + 1 of opb(b)
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

@compute @workgroup_size(WG)
fn forward(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let e = (group.x + group.y * groups.x) * WG + local.x;
  if (e >= params.rows * params.cols) { return; }
  let r = e / params.cols;
  let c = e % params.cols;
  var sum = 0.0;
  for (var i = 0u; i < params.inner; i++) {
    sum += a[r * params.a_row + i * params.a_inner] * b[i * params.b_inner + c * params.b_col];
  }
  var value = params.scale * sum;
  if (params.add_bias != 0u) { value += bias[c]; }
  if (params.add_residual != 0u) { value += residual[e]; }
  if (params.accumulate != 0u) { value += y[e]; }
  y[e] = value;
}
