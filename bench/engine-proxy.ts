import { createServer, request, type Server } from "node:http";

/** One call of the engine: when it began and when it was answered, in milliseconds of `performance.now()`. */
export interface EngineCall {
  readonly what: string;
  readonly begin: number;
  readonly end: number;
}

/** Stands between an agent and its engine, hands everything on, and notes how long the engine took. */
export async function startEngineProxy(
  engineSocket: string,
  socketPath: string,
): Promise<{ readonly calls: readonly EngineCall[]; close(): void }> {
  const calls: EngineCall[] = [];
  const server: Server = createServer((incoming, outgoing) => {
    const begin = performance.now();
    const { method = "GET", url = "/", headers } = incoming;
    const onward = request({ socketPath: engineSocket, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
      answer.once("end", () => calls.push({ what: `${method} ${url}`, begin, end: performance.now() }));
    });
    onward.once("error", () => outgoing.destroy());
    outgoing.once("close", () => onward.destroy());
    incoming.pipe(onward);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(socketPath, resolve);
  await promise;
  return {
    calls,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** How much of `from` to `to` the engine was at work, calls that overlap counted once. */
export function busyBetween(calls: readonly EngineCall[], from: number, to: number): number {
  let busy = 0;
  let reached = from;
  for (const { begin, end } of calls.toSorted((a, b) => a.begin - b.begin)) {
    const [start, stop] = [Math.max(begin, reached), Math.min(end, to)];
    if (stop <= start) continue;
    busy += stop - start;
    reached = stop;
  }
  return busy;
}
