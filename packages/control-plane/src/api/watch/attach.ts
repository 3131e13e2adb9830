import type { ServerResponse } from "node:http";
import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import type { Store } from "../../store/store.ts";
import { HttpRefusal } from "../http/refusal.ts";
import type { RunningServer } from "../http/server.ts";
import { parseWatchQuery } from "./watch-query.ts";
import { type Sink, WatchStream } from "./watch-stream.ts";

/** Streams that are open at the same time at the most. */
const mostStreams = 200;

/** Serves `GET /watch`: what is in the store and how it changes, as server-sent events. */
export function attachWatch(
  server: Pick<RunningServer, "onStream">,
  deps: { readonly store: Store; readonly clock: Clock; readonly logger: Logger },
): void {
  let streams = 0;
  server.onStream("/watch", ({ url = "", headers }, response) => {
    if (streams >= mostStreams) {
      throw new HttpRefusal({ name: "LimitExceededException", message: "Too many streams are open.", status: 400 });
    }
    const lastEventId = headers["last-event-id"];
    const query = parseWatchQuery(url.split("?")[1] ?? "", typeof lastEventId === "string" ? lastEventId : undefined);
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    response.writeHead(200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
    response.flushHeaders();
    streams++;
    new WatchStream({ ...deps, sink: sinkOf(response) }, query)
      .run(gone.signal)
      .catch((error: unknown) => {
        deps.logger.error({ err: error }, "stream of changes failed");
        response.destroy();
      })
      .finally(() => streams--);
  });
}

const sinkOf = (response: ServerResponse): Sink => ({
  write: (text) => response.write(text),
  drained: () =>
    new Promise((resolve) => {
      const done = () => {
        response.off("drain", done);
        response.off("close", done);
        resolve();
      };
      response.on("drain", done);
      response.on("close", done);
      if (response.destroyed) done();
    }),
  end: () => void response.end(),
});
