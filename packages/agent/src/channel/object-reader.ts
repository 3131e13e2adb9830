import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { ControlPlaneError } from "./control-plane.ts";
import { type Credentials, createSigner } from "./signer.ts";

/** Longest for one object. Source: the genuine agent, FireLens' download. */
const timeoutMs = 30_000;

/** An object of S3. */
export interface ObjectAddress {
  readonly bucket: string;
  readonly key: string;
}

/** Reads objects whole. Rejects with ControlPlaneError: the service's error code as `name`, `statusCode` 0 if there was no answer. */
type ReadObject = (address: ObjectAddress, credentials: Credentials, signal?: AbortSignal) => Promise<Buffer>;

/**
 * Reads objects of any service that speaks S3, bucket names in the path.
 * @param endpoint as `http://127.0.0.1:4577`
 * @param mostBytes of one object: what is larger is refused
 */
export const objectReader =
  ({
    endpoint,
    region,
    userAgent,
    mostBytes,
  }: {
    readonly endpoint: string;
    readonly region: string;
    readonly userAgent: string;
    readonly mostBytes: number;
  }): ReadObject =>
  async ({ bucket, key }, credentials, signal) => {
    const path = [bucket, ...key.split("/")].map(encoded).join("/");
    const url = new URL(`${endpoint.replace(/\/+$/, "")}/${path}`);
    const signer = createSigner(credentials, region);
    const headers = await signer.sign({ method: "GET", url, headers: { "user-agent": userAgent } }, "s3");
    const { status, body } = await get(url, headers, mostBytes, signal);
    if (status === 200) return body;
    const text = body.toString();
    const part = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
    throw new ControlPlaneError(part("Code") ?? `Http${status}`, part("Message") ?? "", {
      statusCode: status,
      requestId: part("RequestId"),
    });
  };

/** As S3 has its paths signed: everything but letters, digits and `-._~`. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

function get(url: URL, headers: Readonly<Record<string, string>>, mostBytes: number, signal?: AbortSignal) {
  const { promise, resolve, reject } = Promise.withResolvers<{ readonly status: number; readonly body: Buffer }>();
  const fail = (error: Error) => reject(new ControlPlaneError("NetworkError", error.message, { cause: error }));
  const send = url.protocol === "https:" ? httpsRequest : httpRequest;
  const signals = [AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])];
  const sent = send(url, { headers, signal: AbortSignal.any(signals) }, (response: IncomingMessage) => {
    const chunks: Buffer[] = [];
    let length = 0;
    response.on("data", (chunk: Buffer) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length <= mostBytes) return;
      const error = `the object is larger than ${mostBytes} bytes`;
      reject(new ControlPlaneError("EntityTooLarge", error, { statusCode: 400 }));
      response.destroy();
    });
    response.on("error", fail);
    response.on("end", () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
  });
  sent.on("error", fail);
  sent.end();
  return promise;
}
