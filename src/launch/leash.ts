/**
 * Ends a process when its parent is gone, so that no killed job goes on unseen and holds its run directory.
 *
 * @module
 */
const CHECK_MS = 250;

/** Starts to watch the parent; does not keep the process alive. */
export function holdLeash(): void {
  const parent = Deno.ppid;
  Deno.unrefTimer(setInterval(() => {
    if (Deno.ppid !== parent) Deno.exit(143);
  }, CHECK_MS));
}
