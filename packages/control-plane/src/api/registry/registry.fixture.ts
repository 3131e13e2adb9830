import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ecr from "@aws-sdk/client-ecr";
import { SealedTexts } from "../../credentials/sealed-text.ts";
import { TemporaryCredentials } from "../../credentials/temporary-credentials.ts";
import { ManualClock } from "../../platform/clock.ts";
import { randomIds } from "../../platform/ids.ts";
import { silentLogger } from "../../platform/logger.ts";
import { ImageRegistry } from "../../registry/image-registry.ts";
import { defaultSettings } from "../../settings.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import { ecrService } from "../ecr/service.ts";
import type { Call } from "../http/dispatch.ts";
import { rootCaller } from "../http/open-authenticator.ts";
import { clientOptions } from "../http/server.fixture.ts";
import { type RunningServer, startServer } from "../http/server.ts";
import type { Caller } from "../operation-context.ts";
import { attachRegistry } from "./attach.ts";
import { RegistryTokens } from "./registry-tokens.ts";

/** A registry behind the real listener, with ECR's API beside it, for tests. Time stands still. */
export interface TestRegistry extends AsyncDisposable {
  readonly server: RunningServer;
  readonly store: MemoryStore;
  readonly clock: ManualClock;
  readonly registry: ImageRegistry;
  readonly client: ecr.ECRClient;
  readonly folder: string;
  /** Calls `/v2/…`, with a login unless another header says otherwise. */
  call(path: string, init?: RequestInit): Promise<Response>;
  /** Pushes a blob in one request. @returns its digest */
  blob(repository: string, content: string | Uint8Array): Promise<string>;
  /** Pushes an image of one layer. @returns its digest */
  image(repository: string, reference: string, layer?: string): Promise<string>;
}

export const digestOf = (content: string | Uint8Array): string =>
  `sha256:${createHash("sha256").update(content).digest("hex")}`;
export const imageType = "application/vnd.oci.image.manifest.v1+json";

/** @param given what callers may do, and whether the door is open to everybody */
export async function startTestRegistry(
  given: { readonly requireRight?: (call: Call) => void; readonly open?: boolean } = {},
): Promise<TestRegistry> {
  const folder = await mkdtemp(join(tmpdir(), "hatoba-registry-"));
  const [store, clock, settings] = [new MemoryStore(), new ManualClock(Date.now()), defaultSettings];
  const caller: Caller = { ...rootCaller(settings), accessKeyId: "AKIAROOT" };
  const registry = new ImageRegistry({ folder, store, clock, ids: randomIds, settings });
  const tokens = new RegistryTokens({
    sealed: new SealedTexts(Buffer.alloc(32, 1), "registry logins"),
    credentials: new TemporaryCredentials(Buffer.alloc(32, 1)),
    keys: { lookupKey: (id) => (id === caller.accessKeyId ? { secretAccessKey: "", caller } : undefined) },
    clock,
  });
  const service = ecrService({ registry, tokens });
  const requireRight = given.requireRight ?? (() => {});
  const shared = { store, settings, clock, ids: randomIds, logger: silentLogger };
  const server = await startServer({
    listen: { host: "127.0.0.1", port: 0 },
    services: [service],
    open: true,
    authenticate: async () => caller,
    requireRight,
    context: (who, details) => ({ ...shared, caller: who, ...details }),
    ids: randomIds,
    logger: silentLogger,
  });
  const everybody = given.open === true ? { everybody: caller } : {};
  attachRegistry(server, {
    registry,
    tokens,
    store,
    logger: silentLogger,
    ids: randomIds,
    service,
    requireRight,
    ...everybody,
  });
  const login = `Basic ${Buffer.from(`AWS:${tokens.issue(caller).token}`).toString("base64")}`;
  const call = (path: string, init: RequestInit = {}) =>
    fetch(`${server.url}${path}`, {
      ...init,
      headers: { authorization: login, ...(init.headers as Record<string, string> | undefined) },
    });
  const blob = async (repository: string, content: string | Uint8Array) => {
    const digest = digestOf(content);
    const answer = await call(`/v2/${repository}/blobs/uploads/?digest=${digest}`, {
      method: "POST",
      body: Buffer.from(content),
    });
    if (answer.status !== 201) throw new Error(await answer.text());
    return digest;
  };
  return {
    server,
    store,
    clock,
    registry,
    folder,
    client: new ecr.ECRClient(clientOptions(server)),
    call,
    blob,
    async image(repository, reference, layer = "layer") {
      const config = "{}";
      const described = async (mediaType: string, content: string) => ({
        mediaType,
        digest: await blob(repository, content),
        size: Buffer.byteLength(content),
      });
      const manifest = JSON.stringify({
        schemaVersion: 2,
        mediaType: imageType,
        config: await described("application/vnd.oci.image.config.v1+json", config),
        layers: [await described("application/vnd.oci.image.layer.v1.tar", layer)],
      });
      const answer = await call(`/v2/${repository}/manifests/${reference}`, {
        method: "PUT",
        headers: { "content-type": imageType },
        body: manifest,
      });
      if (answer.status !== 201) throw new Error(await answer.text());
      return digestOf(manifest);
    },
    async [Symbol.asyncDispose]() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
