import assert from "node:assert/strict";
import { withCollecting } from "../support/collecting.ts";

const CHROMIUM = "/usr/bin/chromium";
const DRIVE = `${import.meta.dirname}/browser_drive.ts`;

const installed = await Deno.stat(CHROMIUM).then(() => true, () => false);
// deno-lint-ignore no-console -- a missing browser must be seen
if (!installed) console.warn(`SKIPPED BROWSER TESTS: expected ${CHROMIUM}, found none`);

Deno.test({
  name: "in a real browser, a person makes a bug with the keyboard alone",
  ignore: !installed,
  fn: () =>
    withCollecting(async ({ app, bugs }) => {
      const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
      const server = Deno.serve(options, app.fetch);
      const url = `http://127.0.0.1:${server.addr.port}/`;
      const { success, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-q", "-A", DRIVE, url],
      }).output();
      await server.shutdown();
      assert.ok(success, new TextDecoder().decode(stderr));
      const [bug] = bugs;
      assert.deepEqual([bugs.length, bug!.author, bug!.source], [1, "Ada", "human"]);
      assert.match(bug!.buggy, /let s = 7;/);
    }),
});
