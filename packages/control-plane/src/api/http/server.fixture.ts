import { ManualClock } from "../../platform/clock.ts";
import { randomIds } from "../../platform/ids.ts";
import { silentLogger } from "../../platform/logger.ts";
import { defaultSettings, type Settings } from "../../settings.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import { ecsService } from "../ecs/service.ts";
import type { Caller } from "../operation-context.ts";
import type { RequestDetails } from "./dispatch.ts";
import { openAuthenticator } from "./open-authenticator.ts";
import { type RunningServer, type ServerOptions, startServer } from "./server.ts";

/** A front door on a free port, over an empty store in memory, for tests. Open unless `given` says otherwise. */
export async function startTestServer(
  given: Partial<ServerOptions> & { readonly settings?: Settings } = {},
): Promise<RunningServer & { readonly store: MemoryStore }> {
  const settings = given.settings ?? defaultSettings;
  const store = new MemoryStore();
  const shared = { store, settings, clock: new ManualClock(), ids: randomIds, logger: silentLogger };
  const server = await startServer({
    listen: { host: "127.0.0.1", port: 0 },
    services: [{ ...ecsService, eager: false }],
    open: true,
    authenticate: openAuthenticator(settings),
    context: (caller: Caller, details: RequestDetails) => ({ ...shared, caller, ...details }),
    ids: randomIds,
    logger: silentLogger,
    ...given,
  });
  return { ...server, store };
}

/** What every SDK client needs to talk to it. */
export const clientOptions = (server: { readonly url: string }) => ({
  endpoint: server.url,
  region: "us-east-1",
  credentials: { accessKeyId: "AKIAANYTHING", secretAccessKey: "any" },
  maxAttempts: 1,
});
