/**
 * Serves the status page of the run directories to this machine; reads only, and stops on an interrupt.
 *
 *   deno task serve --port 8642
 *
 * @module
 */
import { readConfig, ServeConfig } from "../src/config/mod.ts";
import { ConfigError } from "../src/base/mod.ts";
import { runMain, writeResult } from "../src/run/mod.ts";
import { statusApp } from "../src/status/mod.ts";

/** Serves until the process is interrupted. */
export async function main(args: readonly string[]): Promise<void> {
  const { config, json } = await readConfig(ServeConfig, args);
  const onListen = ({ port }: Deno.NetAddr): void => {
    const url = `http://127.0.0.1:${port}/`;
    writeResult({ value: { url }, text: `The runs in ${config.root} are at ${url}` }, json);
  };
  const app = statusApp(config.root);
  const server = listen({ hostname: "127.0.0.1", port: config.port, onListen }, app.fetch);
  Deno.addSignalListener("SIGINT", () => void server.shutdown());
  Deno.addSignalListener("SIGTERM", () => void server.shutdown());
  await server.finished;
  Deno.exit(0); // signal listeners would keep the process
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

if (import.meta.main) await runMain(main);
