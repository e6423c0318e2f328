/**
 * Serving an application to this machine until the process is interrupted.
 *
 * @module
 */
import { ConfigError } from "../base/mod.ts";

/** An application, such as one of Hono's. */
export interface Application {
  /** Answers a request. */
  fetch(request: Request): Response | Promise<Response>;
}

/**
 * Serves on 127.0.0.1 until an interrupt; then answers what is under way and returns.
 *
 * @param port 0 takes a free one.
 * @param onReady Is told the address.
 * @throws {ConfigError} If the port is in use.
 */
export async function serveUntilInterrupt(
  app: Application,
  port: number,
  onReady: (url: string) => void,
): Promise<void> {
  const onListen = (address: Deno.NetAddr): void => onReady(`http://127.0.0.1:${address.port}/`);
  const server = listen({ hostname: "127.0.0.1", port, onListen }, (request) => app.fetch(request));
  const stop = (): void => void server.shutdown();
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) Deno.addSignalListener(signal, stop);
  await server.finished;
  for (const signal of signals) Deno.removeSignalListener(signal, stop);
}

/** Starts the server; a port that is taken is bad input. */
function listen(
  options: Deno.ServeTcpOptions & { onListen: (address: Deno.NetAddr) => void },
  handler: (request: Request) => Response | Promise<Response>,
): Deno.HttpServer {
  try {
    return Deno.serve(options, handler);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.AddrInUse)) throw cause;
    throw new ConfigError(`Cannot serve: port: expected a free one, found ${options.port} in use`, {
      cause,
    });
  }
}
