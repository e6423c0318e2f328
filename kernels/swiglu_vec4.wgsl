// swiglu_vec4: swiglu.wgsl, four columns at a time.
//
//   gate = x[:, :cols]   up = x[:, cols:]   s = 1 / (1 + exp(-gate))
//   y     = gate * s * up                                   (Shazeer 2020, eq. 5, without the projections)
//   dgate = dy * up * s * (1 + gate * (1 - s))   dup = dy * gate * s   dx = [dgate, dup]
//
// Shapes    x, dx: [rows, 2 * cols]   y, dy: [rows, cols]
// Dispatch  forward, backward_dx: one workgroup per row
// Limits    cols a multiple of 4
// Numerics  f32; the exponent is held below 80, where s * gate is zero in f32

override WG: u32 = 64u;  // invocations per workgroup

struct Params {
  rows: u32,
  cols: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> dy: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> dx: array<vec4<f32>>;

// <shared linear_group>
// Index of the workgroup in a grid that was split over x and y.
fn linear_group(group: vec3<u32>, groups: vec3<u32>) -> u32 {
  return group.x + group.y * groups.x;
}
// </shared linear_group>

fn sigmoid(gate: vec4<f32>) -> vec4<f32> {
  return 1.0 / (1.0 + exp(min(-gate, vec4(80.0))));
}

@compute @workgroup_size(WG)
fn forward(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = linear_group(group, groups);
  if (row >= params.rows) { return; }
  let cols = params.cols / 4u;
  let base = row * 2u * cols;
  for (var c = lane; c < cols; c += WG) {
    let gate = x[base + c];
    y[row * cols + c] = gate * sigmoid(gate) * x[base + cols + c];
  }
}

@compute @workgroup_size(WG)
fn backward_dx(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = linear_group(group, groups);
  if (row >= params.rows) { return; }
  let cols = params.cols / 4u;
  let base = row * 2u * cols;
  for (var c = lane; c < cols; c += WG) {
    let gate = x[base + c];
    let up = x[base + cols + c];
    let s = sigmoid(gate);
    let d = dy[row * cols + c];
    dx[base + c] = d * up * s * (1.0 + gate * (1.0 - s));
    dx[base + cols + c] = d * gate * s;
  }
}
