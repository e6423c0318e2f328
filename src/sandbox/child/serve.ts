/**
 * Lets a candidate serve the calls of the process that runs its tests. Sent to the candidate's process only for such
 * jobs, and evaluated before the candidate is.
 *
 * Runs inside the children.
 *
 * @module
 */
import type { VirtualClock } from "./clock.ts";
import { collectIntrinsics } from "./intrinsics.ts";
import { Peer } from "./rpc.ts";

/** Serves until the other side ends. */
export async function serveTests(
  given: Record<string, unknown>,
  clock: VirtualClock,
): Promise<never> {
  const peer = new Peer("candidate", collectIntrinsics(), clock);
  return await peer.serveForever(async (question, value) => {
    if (question === "names") return given;
    if (question === "fire") clock.runNext();
    if (question === "wait") await clock.wait(value as number);
    else await clock.turn();
    return clock.due;
  });
}
