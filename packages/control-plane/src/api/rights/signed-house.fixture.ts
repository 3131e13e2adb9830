import { ECSClient } from "@aws-sdk/client-ecs";
import { IAMClient } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient } from "@aws-sdk/client-sts";
import { type RoleSession, TemporaryCredentials, type TemporaryKeys } from "../../credentials/temporary-credentials.ts";
import { ManualClock } from "../../platform/clock.ts";
import { randomIds } from "../../platform/ids.ts";
import { silentLogger } from "../../platform/logger.ts";
import { defaultSettings } from "../../settings.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import { ec2Service } from "../ec2/service.ts";
import { ecsService } from "../ecs/service.ts";
import { type AccessKeys, firstOf, temporaryKeys } from "../http/access-keys.ts";
import { startServer } from "../http/server.ts";
import { sigV4Authenticator } from "../http/sigv4-authenticator.ts";
import { iamService } from "../iam/service.ts";
import { stsService } from "../sts/service.ts";
import { RoleRights } from "./role-rights.ts";

const root = { accessKeyId: "AKIAROOT000000000000", secretAccessKey: "root" };
type Keys = typeof root | TemporaryKeys;

/**
 * A front door that asks for signatures and rights, over an empty store in memory, for tests. Its clock stands still at
 * the time it was opened, since clients sign with the machine's.
 */
export async function openSignedHouse() {
  const { accountId, region } = defaultSettings;
  const store = new MemoryStore();
  const clock = new ManualClock(Date.now());
  const credentials = new TemporaryCredentials(Buffer.alloc(32, 7));
  const rights = new RoleRights({ store, clock });
  const caller = {
    accountId,
    region,
    arn: `arn:aws:iam::${accountId}:root`,
    userId: accountId,
    accessKeyId: root.accessKeyId,
  };
  const rootKeys: AccessKeys = {
    lookupKey: (id) => (id === root.accessKeyId ? { secretAccessKey: root.secretAccessKey, caller } : undefined),
  };
  const keys = firstOf(rootKeys, temporaryKeys(credentials, defaultSettings));
  const server = await startServer({
    listen: { host: "127.0.0.1", port: 0 },
    services: [{ ...ecsService, eager: false }, iamService, ec2Service, stsService({ credentials, rights })],
    open: false,
    authenticate: sigV4Authenticator({ keys, clock, settings: defaultSettings }),
    requireRight: (call) => rights.requireRight(call),
    context: (by, details) => ({
      store,
      clock,
      ids: randomIds,
      settings: defaultSettings,
      logger: silentLogger,
      caller: by,
      ...details,
    }),
    ids: randomIds,
    logger: silentLogger,
  });
  const clients: { destroy(): void }[] = [];
  const kept = <T extends { destroy(): void }>(client: T): T => {
    clients.push(client);
    return client;
  };
  /** Clients with the root's key, or with a session's. */
  const clientsOf = (signer: Keys = root) => {
    const options = { endpoint: server.url, region, credentials: signer, maxAttempts: 1 };
    return {
      ecs: kept(new ECSClient(options)),
      iam: kept(new IAMClient(options)),
      sts: kept(new STSClient(options)),
      options,
    };
  };
  return {
    store,
    clock,
    clientsOf,
    /** Clients of a session that was made without asking anybody, as a task gets one. */
    as: (session: Omit<RoleSession, "expiresAt">) =>
      clientsOf(credentials.issue({ ...session, expiresAt: clock.now() + 3_600_000 })),
    async assume(input: AssumeRoleCommandInput, signer: Keys = root) {
      const { Credentials } = await clientsOf(signer).sts.send(new AssumeRoleCommand(input));
      return {
        accessKeyId: Credentials?.AccessKeyId ?? "",
        secretAccessKey: Credentials?.SecretAccessKey ?? "",
        sessionToken: Credentials?.SessionToken ?? "",
      };
    },
    async close() {
      for (const client of clients) client.destroy();
      await server.close();
      await store.close();
    },
  };
}
