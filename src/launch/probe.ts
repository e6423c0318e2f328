/**
 * A program of its own: prints the adapter that the environment it was started in leads to, as JSON, or nothing.
 *
 * @module
 */
const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
if (adapter) {
  const { description, isFallbackAdapter } = adapter.info;
  const text = JSON.stringify({ description, isFallbackAdapter });
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}
