// fma_chains: sixteen independent chains of multiply-add per invocation; measures how fast an adapter computes.
//
//   y[i] = sum over the four components of the four chains of x <- x * factor + 1, 8 * turns times, from x = i / 2^20
//
// Shapes    y: [count]
// Dispatch  forward: one invocation per element
// Limits    count <= 65535 * WG
// Numerics  f32

override WG: u32 = 64u; // invocations per workgroup

struct Params {
  count: u32,
  turns: u32,
  factor: f32, // below 1, so that the chains converge to 1 / (1 - factor)
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(WG)
fn forward(@builtin(global_invocation_id) id: vec3<u32>) {
  let one = vec4<f32>(1.0);
  let factor = vec4<f32>(params.factor);
  var p = vec4<f32>(f32(id.x) * 0x1p-20);
  var q = p + one;
  var r = q + one;
  var s = r + one;
  for (var t = 0u; t < params.turns; t++) {
    p = fma(p, factor, one); q = fma(q, factor, one); r = fma(r, factor, one); s = fma(s, factor, one);
    p = fma(p, factor, one); q = fma(q, factor, one); r = fma(r, factor, one); s = fma(s, factor, one);
    p = fma(p, factor, one); q = fma(q, factor, one); r = fma(r, factor, one); s = fma(s, factor, one);
    p = fma(p, factor, one); q = fma(q, factor, one); r = fma(r, factor, one); s = fma(s, factor, one);
    p = fma(p, factor, one); q = fma(q, factor, one); r = fma(r, factor, one); s = fma(s, factor, one);
    p = fma(p, factor, one); q = fma(q, factor, one); r = fma(r, factor, one); s = fma(s, factor, one);
    p = fma(p, factor, one); q = fma(q, factor, one); r = fma(r, factor, one); s = fma(s, factor, one);
    p = fma(p, factor, one); q = fma(q, factor, one); r = fma(r, factor, one); s = fma(s, factor, one);
  }
  if (id.x < params.count) { y[id.x] = dot(p + q + r + s, one); }
}
