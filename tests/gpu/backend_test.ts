import assert from "node:assert/strict";
import { sourceFor } from "../../src/gpu/backend.ts";

const PLAIN = "// f16 and subgroups are only spoken of\nfn f() -> f32 { return 1.0; }\n";
const HALVES = "// a kernel\nfn f() -> f16 { return f16(1); }\n";
const SUBGROUPS = "// a kernel\nfn f(x: f32) -> f32 { return subgroupAdd(x); }\n";
const MATRICES = "alias Left = subgroup_matrix_left<f16, 16, 16>;\n";

Deno.test("sourceFor() puts what each compiler demands on a kernel's first line", () => {
  assert.equal(sourceFor("deno", PLAIN), PLAIN);
  assert.equal(sourceFor("dawn", PLAIN), PLAIN);
  assert.equal(sourceFor("deno", HALVES), `enable f16; ${HALVES}`);
  assert.equal(sourceFor("dawn", HALVES), `enable f16; ${HALVES}`);
  assert.equal(sourceFor("deno", SUBGROUPS), SUBGROUPS);
  assert.equal(
    sourceFor("dawn", SUBGROUPS),
    `enable subgroups; diagnostic(off, subgroup_uniformity); ${SUBGROUPS}`,
  );
  assert.equal(
    sourceFor("dawn", MATRICES),
    "enable f16; enable subgroups; enable chromium_experimental_subgroup_matrix; " +
      "diagnostic(off, subgroup_uniformity); " +
      `diagnostic(off, chromium.subgroup_matrix_uniformity); ${MATRICES}`,
  );
});
