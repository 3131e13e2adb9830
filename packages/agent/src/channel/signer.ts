import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Signs requests of one identity for one region; the key derived for a day is kept. */
export interface Signer {
  /** Headers to send, the signature among them. @param service as `ecs` */
  sign(request: RequestToSign, service: string): Promise<Readonly<Record<string, string>>>;
}

export interface RequestToSign {
  readonly method: "GET" | "POST";
  /** Query parameters are signed too. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

type Bytes = string | ArrayBuffer | ArrayBufferView;

/** The digest as the signature library wants it: it brings the algorithm, not the digest. */
class Sha256 {
  private readonly hash: Hash | Hmac;

  constructor(secret?: Bytes) {
    this.hash = secret === undefined ? createHash("sha256") : createHmac("sha256", bytes(secret));
  }

  update(data: Bytes): void {
    this.hash.update(bytes(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }
}

function bytes(data: Bytes): string | Uint8Array {
  if (typeof data === "string") return data;
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

export function createSigner(credentials: Credentials, region: string): Signer {
  const signers = new Map<string, SignatureV4>();
  const signerFor = (service: string) => {
    // S3 has the path signed as it is sent; everybody else has it encoded once more.
    const uriEscapePath = service !== "s3";
    const known =
      signers.get(service) ?? new SignatureV4({ service, region, credentials, sha256: Sha256, uriEscapePath });
    signers.set(service, known);
    return known;
  };
  return {
    async sign({ method, url, headers, body }, service) {
      const signed = await signerFor(service).sign({
        method,
        protocol: url.protocol,
        hostname: url.hostname,
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        headers: { ...headers, host: url.host },
        ...(body === undefined ? {} : { body }),
      });
      return signed.headers;
    },
  };
}
