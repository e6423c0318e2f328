// rope: rotary position embedding in place, forward and backward.
//
//   with h = dim / 2, angle[n,i] = position[n] * theta^(-i/h)            (Su et al. 2021, eq. 15)
//   x[n,i]   <- x[n,i] * cos(angle[n,i])   - x[n,i+h] * sin(angle[n,i])
//   x[n,i+h] <- x[n,i+h] * cos(angle[n,i]) + x[n,i] * sin(angle[n,i])
//   dx is turned by -angle: the rotation is orthogonal, its transpose is its inverse
//
// Shapes    x, dx: [rows, heads, dim]   position: [rows]
//           table: [positions, dim], row p holds cos(p * theta^(-i/h)), then sin, for i in [0, h)
// Dispatch  forward, backward_dx: one workgroup per row
// Limits    dim even;  position[n] < positions
// Numerics  f32; cosines and sines come from the host in float64, since those of a device are only good near zero

override WG: u32 = 64u;  // invocations per workgroup

struct Params {
  rows: u32,
  heads: u32,
  dim: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> table: array<f32>;
@group(0) @binding(2) var<storage, read> position: array<u32>;
@group(0) @binding(3) var<storage, read_write> x: array<f32>;
@group(0) @binding(4) var<storage, read_write> dx: array<f32>;

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
  if (row >= params.rows) { return; }
  let half = params.dim / 2u;
  let angle = position[row] * params.dim;
  for (var i = lane; i < half; i += WG) {
    let cosine = table[angle + i];
    let sine = table[angle + half + i];
    for (var head = 0u; head < params.heads; head++) {
      let low = (row * params.heads + head) * params.dim + i;
      let a = x[low];
      let b = x[low + half];
      x[low] = a * cosine - b * sine;
      x[low + half] = b * cosine + a * sine;
    }
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
  let half = params.dim / 2u;
  let angle = position[row] * params.dim;
  for (var i = lane; i < half; i += WG) {
    let cosine = table[angle + i];
    let sine = table[angle + half + i];
    for (var head = 0u; head < params.heads; head++) {
      let low = (row * params.heads + head) * params.dim + i;
      let a = dx[low];
      let b = dx[low + half];
      dx[low] = a * cosine + b * sine;
      dx[low + half] = b * cosine - a * sine;
    }
  }
}
