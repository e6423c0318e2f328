/**
 * Kernels: a WGSL file read once, with its bindings, `Params` and overrides known to the host.
 *
 * Host code never repeats a binding number or a byte offset: both are read from the shader by the house form of a
 * declaration, and a line that does not follow it is an error when the module loads, not when the kernel runs.
 *
 * @module
 */
import { KernelError } from "../base/mod.ts";

/** How a kernel may access a binding. */
export type Access = "read" | "read_write" | "write";

/** One storage binding of a kernel: a buffer or an image. */
export interface Binding {
  /** Name of the variable, which is also its key in `bind`. */
  readonly name: string;
  /** Binding number in group 0. */
  readonly index: number;
  /** Declared access. */
  readonly access: Access;
  /** Whether it is an image, as `image.ts` has it. */
  readonly image: boolean;
}

/** One scalar of a kernel's `struct Params`, in order. */
export interface Param {
  /** Field name. */
  readonly name: string;
  /** Scalar type; all are four bytes. */
  readonly type: "u32" | "i32" | "f32";
}

/** What the host knows of one WGSL file. */
export interface Kernel {
  /** File name without extension. */
  readonly name: string;
  /** The whole WGSL program. */
  readonly source: string;
  /** Storage bindings in declaration order; binding 0 is always `params`. */
  readonly bindings: readonly Binding[];
  /** Fields of `struct Params`, in order. */
  readonly params: readonly Param[];
  /** Names of the file's overrides. */
  readonly overrides: ReadonlySet<string>;
  /** Entry points and the storage bindings each one reaches, itself or through functions it calls. */
  readonly entryPoints: ReadonlyMap<string, readonly Binding[]>;
}

const UNIFORM = /^@group\(0\) @binding\(0\) var<uniform> params: Params;$/;
const STORAGE = /^@group\(0\) @binding\((\d+)\) var<storage, (read|read_write)> (\w+): (.+);$/;
const IMAGE =
  /^@group\(0\) @binding\((\d+)\) var (\w+): texture_storage_2d<rgba32float, (read|write)>;$/;
const FIELD = /^\s*(\w+): (u32|i32|f32),/;
const OVERRIDE = /^override (\w+): \w+ = .+;/;

/**
 * Reads what the host has to know from a kernel's source.
 *
 * @param name File name without extension, for messages.
 * @param source The complete WGSL program.
 * @throws {KernelError} If a binding, override or `Params` field does not follow the house form.
 */
export function defineKernel(name: string, source: string): Kernel {
  const lines = source.split("\n");
  const bindings = lines.filter((line) => line.startsWith("@group")).flatMap((line) => {
    if (UNIFORM.test(line)) return [];
    const [, at, access, buffer] = STORAGE.exec(line) ?? [];
    const [, imageAt, image, imageAccess] = IMAGE.exec(line) ?? [];
    const found = buffer ?? image;
    if (!found) throw new KernelError(name, `a binding does not follow the house form: ${line}`);
    return [{
      index: Number(at ?? imageAt),
      access: (access ?? imageAccess) as Access,
      name: found,
      image: image !== undefined,
    }];
  });
  const overrides = lines.filter((line) => line.startsWith("override")).map((line) => {
    const match = OVERRIDE.exec(line);
    if (!match) throw new KernelError(name, `an override does not follow the house form: ${line}`);
    return match[1]!;
  });
  return {
    name,
    source,
    bindings,
    params: readParams(name, lines),
    overrides: new Set(overrides),
    entryPoints: readEntryPoints(source, bindings),
  };
}

function readParams(name: string, lines: readonly string[]): Param[] {
  const from = lines.indexOf("struct Params {");
  if (from < 0) throw new KernelError(name, "struct Params is missing");
  const to = lines.indexOf("}", from);
  return lines.slice(from + 1, to).map((line) => {
    const match = FIELD.exec(line);
    if (!match) {
      throw new KernelError(name, `a Params field does not follow the house form: ${line}`);
    }
    return { name: match[1]!, type: match[2] as Param["type"] };
  });
}

/** Which bindings an entry point reaches: those named in its body or in a function it calls, directly or not. */
function readEntryPoints(
  source: string,
  bindings: readonly Binding[],
): ReadonlyMap<string, readonly Binding[]> {
  const bodies = new Map<string, string>();
  const entries: string[] = [];
  const code = source.replaceAll(/\/\/.*$/gm, "");
  for (const block of code.split(/^(?=@compute|(?<!^@compute.*\n)fn )/m)) {
    const name = /^(?:@compute[^\n]*\n)?fn (\w+)/.exec(block)?.[1];
    if (!name) continue;
    bodies.set(name, block);
    if (block.startsWith("@compute")) entries.push(name);
  }
  const reach = (name: string, seen: Set<string>): Set<string> => {
    if (seen.has(name)) return seen;
    seen.add(name);
    for (const [word] of bodies.get(name)!.matchAll(/(?<![.\w])\w+/g)) {
      if (bodies.has(word)) reach(word, seen);
      else seen.add(word);
    }
    return seen;
  };
  return new Map(entries.map((entry) => {
    const words = reach(entry, new Set());
    return [entry, bindings.filter((binding) => words.has(binding.name))];
  }));
}

/**
 * Packs scalars in the order of the kernel's `Params`, padded to 16 bytes.
 *
 * @throws {KernelError} If a value is missing, is not a field, or is not finite.
 */
export function packParams(kernel: Kernel, values: Readonly<Record<string, number>>): ArrayBuffer {
  const unknown = Object.keys(values).find((key) => !kernel.params.some((p) => p.name === key));
  if (unknown) throw new KernelError(kernel.name, `Params has no field ${unknown}`);
  const view = new DataView(new ArrayBuffer(Math.ceil(kernel.params.length / 4) * 16));
  kernel.params.forEach(({ name, type }, i) => {
    const value = values[name];
    if (value === undefined || !Number.isFinite(value)) {
      throw new KernelError(kernel.name, `Params.${name} must be a finite ${type}, found ${value}`);
    }
    if (type === "f32") view.setFloat32(i * 4, value, true);
    else if (type === "u32") view.setUint32(i * 4, value, true);
    else view.setInt32(i * 4, value, true);
  });
  return view.buffer;
}
