import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { KernelError } from "../../src/base/mod.ts";
import { defineKernel, packParams } from "../../src/gpu/mod.ts";
import { gpuTest } from "../support/device.ts";

const SOURCE = `
override WG: u32 = 64u; // invocations

struct Params {
  count: u32,
  shift: f32,
  sign: i32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> z: array<f32>;

fn shifted(i: u32) -> f32 { return x[i] + params.shift; } // not z

fn signed(
  i: u32,
) -> f32 {
  return f32(params.sign) * shifted(i);
}

@compute @workgroup_size(WG)
fn forward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let i = (group.x + group.y * groups.x) * WG + local.x;
  if (i >= params.count) { return; }
  y[i] = signed(i);
}

@compute @workgroup_size(WG)
fn backward_dz(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x < params.count) { z[id.x] += 1.0; }
}
`;

Deno.test("defineKernel() reads bindings, params, overrides and what each entry point reaches", () => {
  const kernel = defineKernel("demo", SOURCE);
  deepStrictEqual(kernel.bindings.map((b) => [b.index, b.access, b.name]), [
    [1, "read", "x"],
    [2, "read_write", "y"],
    [3, "read_write", "z"],
  ]);
  deepStrictEqual(kernel.params.map((p) => p.name), ["count", "shift", "sign"]);
  deepStrictEqual([...kernel.overrides], ["WG"]);
  deepStrictEqual(kernel.entryPoints.get("forward")!.map((b) => b.name), ["x", "y"]);
  deepStrictEqual(kernel.entryPoints.get("backward_dz")!.map((b) => b.name), ["z"]);
});

Deno.test("defineKernel() refuses a line that does not follow the house form", () => {
  throws(
    () => defineKernel("demo", SOURCE.replace("binding(1) var", "binding(1)  var")),
    KernelError,
  );
  throws(() => defineKernel("demo", SOURCE.replace("shift: f32", "shift: vec2<f32>")), KernelError);
  throws(() => defineKernel("demo", SOURCE.replace("WG: u32 =", "WG =")), KernelError);
});

Deno.test("packParams() packs by order, pads to 16 bytes and refuses what does not fit", () => {
  const kernel = defineKernel("demo", SOURCE);
  const view = new DataView(packParams(kernel, { count: 3, shift: 0.5, sign: -1 }));
  strictEqual(view.byteLength, 16);
  strictEqual(view.getUint32(0, true), 3);
  strictEqual(view.getFloat32(4, true), 0.5);
  strictEqual(view.getInt32(8, true), -1);
  throws(() => packParams(kernel, { count: 3, shift: 0.5 }), /Params.sign must be a finite i32/);
  throws(() => packParams(kernel, { count: 3, shift: NaN, sign: 1 }), /Params.shift/);
  throws(() => packParams(kernel, { count: 3, shift: 1, sign: 1, size: 2 }), /no field size/);
});

gpuTest(
  "Pass.dispatch() binds by name, splits long grids and refuses wrong bindings",
  async (gpu) => {
    const kernel = defineKernel("demo", SOURCE);
    const count = 70_000 * 4;
    const x = gpu.from("x", [count], Float32Array.from({ length: count }, (_, i) => i));
    const y = gpu.tensor("y", [count]);
    const call = {
      entryPoint: "forward",
      overrides: { WG: 4 },
      params: { count, shift: 1, sign: -1 },
      workgroups: 70_000,
    };
    const pass = gpu.pass("demo");
    pass.dispatch(kernel, { ...call, bind: { x, y } });
    throws(() => pass.dispatch(kernel, { ...call, bind: { x } }), /forward needs y bound/);
    throws(() => pass.dispatch(kernel, { ...call, bind: { x, y, z: y } }), /does not use z/);
    throws(
      () => pass.dispatch(kernel, { ...call, overrides: { TILE: 4 }, bind: { x, y } }),
      /no override TILE/,
    );
    pass.submit();
    const out = await gpu.read(y);
    strictEqual(out[0], -1);
    strictEqual(out[count - 1], -count);
    gpu.release(x, y);
  },
);

gpuTest(
  "Gpu.view() shares the buffer, and readAll() waits once for several tensors",
  async (gpu) => {
    const whole = gpu.from("whole", [128], Float32Array.from({ length: 128 }, (_, i) => i));
    const half = gpu.view(whole, { start: 64, shape: [8, 8] });
    const [a, b] = await gpu.readAll([half, whole]);
    strictEqual(a![0], 64);
    strictEqual(b![127], 127);
    throws(() => gpu.view(whole, { start: 3, shape: [1] }), RangeError);
    const pass = gpu.pass("copy");
    const target = gpu.tensor("target", [64]);
    pass.copy(gpu.view(whole, { start: 64, shape: [64] }), target);
    pass.clear(gpu.view(whole, { shape: [64] }));
    pass.submit();
    const after = await gpu.read(whole);
    strictEqual(after[63], 0);
    strictEqual(after[65], 65);
    gpu.release(whole, target);
  },
);
