import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { type RoleSession, TemporaryCredentials, type TemporaryKeys } from "../../credentials/temporary-credentials.ts";
import { DiskObjectStore } from "../../object-store/disk-object-store.ts";
import { ManualClock } from "../../platform/clock.ts";
import { randomIds } from "../../platform/ids.ts";
import { silentLogger } from "../../platform/logger.ts";
import { defaultSettings } from "../../settings.ts";
import { firstOf, temporaryKeys } from "../http/access-keys.ts";
import { rootCaller } from "../http/open-authenticator.ts";
import { startTestServer } from "../http/server.fixture.ts";
import { RoleRights } from "../rights/role-rights.ts";
import { attachObjects } from "./attach.ts";
import { s3Authenticator } from "./authenticate.ts";

const root = { accessKeyId: "AKIAROOT000000000000", secretAccessKey: "root" };

/** S3 behind a front door that asks for signatures and rights, in a folder of its own; its clock stands at the machine's time. */
export async function openObjectHouse() {
  const folder = mkdtempSync(join(tmpdir(), "hatoba-objects-"));
  const objects = new DiskObjectStore(folder);
  const clock = new ManualClock(Date.now());
  const server = await startTestServer();
  const { store } = server;
  const credentials = new TemporaryCredentials(Buffer.alloc(32, 7));
  const rights = new RoleRights({ store, clock });
  const caller = { ...rootCaller(defaultSettings), accessKeyId: root.accessKeyId };
  const keys = firstOf(
    { lookupKey: (id) => (id === root.accessKeyId ? { secretAccessKey: root.secretAccessKey, caller } : undefined) },
    temporaryKeys(credentials, defaultSettings),
  );
  attachObjects(server, {
    objects,
    authenticate: s3Authenticator({ keys, clock, settings: defaultSettings }),
    hostNames: ["localhost"],
    requireRight: (call) => rights.requireRight(call),
    clock,
    ids: randomIds,
    settings: defaultSettings,
    logger: silentLogger,
  });
  const clients: S3Client[] = [];
  const clientOf = (credentialsOf: typeof root | TemporaryKeys = root, more: object = {}) => {
    const options = { endpoint: server.url, region: "us-east-1", credentials: credentialsOf, maxAttempts: 1 };
    const client = new S3Client({ ...options, ...more });
    clients.push(client);
    return client;
  };
  return {
    folder,
    objects,
    clock,
    store,
    server,
    root,
    clientOf,
    as: (session: Omit<RoleSession, "expiresAt">) =>
      clientOf(credentials.issue({ ...session, expiresAt: clock.now() + 3_600_000 })),
    async close() {
      for (const client of clients) client.destroy();
      await server.close();
      await objects.close();
      rmSync(folder, { recursive: true });
    },
  };
}
