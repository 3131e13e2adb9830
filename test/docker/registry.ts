import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { pauseProgram } from "../../packages/agent/src/images/pause-program.ts";
import { tarOf } from "../../packages/agent/src/images/tar.ts";

const manifestType = "application/vnd.docker.distribution.manifest.v2+json";
const digestOf = (content: Buffer) => `sha256:${createHash("sha256").update(content).digest("hex")}`;

/**
 * A registry of this machine alone, as far as an engine pulls from one: manifests and blobs, with or without a login. Engines talk
 * to addresses of the machine itself without TLS.
 */
export class Registry implements AsyncDisposable {
  /** `GET /v2/…`, in the order in which it was asked. */
  readonly asked: string[] = [];
  /** `USER:PASSWORD` that is asked for; undefined: everybody may pull. */
  login: string | undefined;
  readonly #manifests = new Map<string, Buffer>();
  readonly #blobs = new Map<string, Buffer>();
  readonly #server = createServer((request, response) => this.#answer(request, response));
  #port = 0;

  static async start(): Promise<Registry> {
    const registry = new Registry();
    await new Promise<void>((resolve) => registry.#server.listen(0, "127.0.0.1", resolve));
    registry.#port = (registry.#server.address() as AddressInfo).port;
    return registry;
  }

  /** As `127.0.0.1:5000`. */
  get host(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** An image that does nothing until it is killed. @param version makes it differ from others. @returns its digest */
  async push(repository: string, tag: string, version: string): Promise<string> {
    const architecture = process.arch === "arm64" ? "arm64" : "amd64";
    const layer = await tarOf([
      { path: "pause", content: pauseProgram(architecture), mode: 0o755 },
      { path: "version", content: version },
    ]);
    const config = Buffer.from(
      JSON.stringify({
        architecture,
        os: "linux",
        config: { Entrypoint: ["/pause"], StopSignal: "SIGKILL", Labels: { version } },
        rootfs: { type: "layers", diff_ids: [digestOf(layer)] },
      }),
    );
    const packed = gzipSync(layer);
    const blob = (mediaType: string, content: Buffer) => {
      this.#blobs.set(digestOf(content), content);
      return { mediaType, size: content.length, digest: digestOf(content) };
    };
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: manifestType,
        config: blob("application/vnd.docker.container.image.v1+json", config),
        layers: [blob("application/vnd.docker.image.rootfs.diff.tar.gzip", packed)],
      }),
    );
    this.#manifests.set(`${repository}/${tag}`, manifest);
    this.#manifests.set(`${repository}/${digestOf(manifest)}`, manifest);
    return digestOf(manifest);
  }

  /** It answers no more, as one that is down. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? "";
    this.asked.push(`${request.method} ${path}`);
    const given = Buffer.from((request.headers.authorization ?? "").replace(/^Basic /, ""), "base64").toString();
    if (this.login !== undefined && given !== this.login) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="tests"' });
      response.end('{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}');
      return;
    }
    const [, repository = "", kind, name = ""] = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(path) ?? [];
    const content = kind === "manifests" ? this.#manifests.get(`${repository}/${name}`) : this.#blobs.get(name);
    if (path === "/v2/") {
      response.end("{}");
    } else if (content === undefined) {
      response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}');
    } else {
      const type = kind === "manifests" ? manifestType : "application/octet-stream";
      const headers = {
        "content-type": type,
        "content-length": content.length,
        "docker-content-digest": digestOf(content),
      };
      response.writeHead(200, headers).end(request.method === "HEAD" ? undefined : content);
    }
  }
}
