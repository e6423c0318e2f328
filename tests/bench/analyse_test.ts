import assert from "node:assert/strict";
import { analyseBugs, failingMutants } from "../../src/bench/analyse.ts";
import { editProfile } from "../../src/bench/analyse_edits.ts";
import { failedShares } from "../../src/bench/analyse_failures.ts";
import { analysisReport } from "../../src/bench/analyse_report.ts";
import { renderSvg } from "../../src/bench/mod.ts";
import { SandboxConfig } from "../../src/config/mod.ts";
import { editNgrams, hostSearch } from "../../src/embed/mod.ts";
import { Sandbox } from "../../src/sandbox/mod.ts";
import { runIn, type RunTests } from "../../src/tasks/mod.ts";
import { smallItems } from "../support/small_bugs.ts";

const SETTINGS = { neighbours: 2, wallMs: 1000, seed: 1 };

async function withSandbox(test: (run: RunTests) => Promise<void>): Promise<void> {
  await using sandbox = await Sandbox.open(SandboxConfig.parse({ children: 1 }));
  await test(runIn(sandbox));
}

Deno.test("editProfile() counts changed lines and operators", () => {
  const human = smallItems().filter(({ source }) => source === "human");
  const { changedLines, sizes, operators, operatorEntropy } = editProfile(human);
  assert.deepEqual(changedLines, { mean: 1, median: 1 });
  assert.equal(sizes["1"], 3);
  assert.equal(Object.values(sizes).reduce((sum, n) => sum + n, 0), 3);
  assert.deepEqual(operators, { "wrong-initial-value": 2, "relational-swap": 1 });
  assert.ok(Math.abs(operatorEntropy - (Math.log2(3) - 2 / 3)) < 1e-12);
});

Deno.test("analyseBugs() describes sources and tells generated bugs apart", async () => {
  await withSandbox(async (run) => {
    const real = smallItems();
    const generated = await failingMutants(real, run, SETTINGS);
    assert.ok(generated.length >= 4);
    assert.ok(generated.every(({ source, code }) => source === "mutation" && code !== ""));
    const tools = { run, embedder: editNgrams, search: hostSearch };
    const analysis = await analyseBugs({ items: real, generated }, tools, SETTINGS);
    assert.deepEqual([analysis.items, analysis.tasks], [6, 3]);
    const { human, "lm:weak": weak } = analysis.sources;
    // A sum from 1 and a product from 0 fail all four calls, `>=` fails two.
    assert.equal(human!.failedShare, (1 + 1 + 0.5) / 3);
    assert.equal(human!.failsAllShare, 2 / 3);
    assert.deepEqual([human!.n, human!.notFailing, weak!.n], [3, 0, 3]);
    assert.deepEqual(Object.keys(analysis.purity), ["human", "lm:weak"]);
    assert.equal(analysis.generated!.n, generated.length);
    const { auc, low, high } = analysis.generated!.classifier!;
    assert.ok(0 <= low && low <= auc && auc <= high && high <= 1);

    const { text, markdown, charts } = analysisReport(analysis, "small.jsonl");
    assert.match(text, /^small\.jsonl: 6 bugs of 3 tasks\n/);
    assert.match(text, /\nhuman +3 +83\.3 +66\.7 +0\n/);
    assert.match(markdown, /## Edits\n\n\| source \| lines, mean \|/);
    assert.deepEqual(Object.keys(charts), [
      "failing-tests",
      "edit-sizes",
      "operators",
      "source-purity",
    ]);
    for (const chart of Object.values(charts)) assert.match(await renderSvg(chart), /^<svg /);
    assert.match(await renderSvg(charts["operators"]!), />wrong-initial-value</);
  });
});

Deno.test("failedShares() finds in shared processes what processes of their own would find", async () => {
  const config = SandboxConfig.parse({ children: 1 });
  await using shared = await Sandbox.open(config);
  await using own = await Sandbox.open({ ...config, screen: false });
  const [screened, alone] = await Promise.all(
    [shared, own].map((sandbox) => failedShares(smallItems(), runIn(sandbox), 5000)),
  );
  assert.deepEqual(screened, alone);
  assert.equal(shared.screenStatistics.failed, 6);
});

Deno.test("analyseBugs() without generated bugs needs no second class", async () => {
  await withSandbox(async (run) => {
    const tools = { run, embedder: editNgrams, search: hostSearch };
    const analysis = await analyseBugs({ items: smallItems(), generated: [] }, tools, SETTINGS);
    assert.equal(analysis.generated, undefined);
    assert.doesNotMatch(analysisReport(analysis, "small").text, /AUC/);
  });
});
