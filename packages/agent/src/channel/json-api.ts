import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { ControlPlaneError } from "./control-plane.ts";
import type { Signer } from "./signer.ts";

/** Longest for one call and its answer. Source: agent protocol, section 2.1. */
const timeoutMs = 42_000;
/** An answer of the control plane is far smaller. */
const mostAnswerBytes = 16 * 1024 * 1024;

export interface JsonApiOptions {
  /** As `http://127.0.0.1:4577`. */
  readonly endpoint: string;
  readonly signer: Signer;
  readonly userAgent: string;
}

/** Signed AWS JSON 1.1 calls over connections that are kept. One call is one try. */
export class JsonApi {
  private readonly options: JsonApiOptions;
  private readonly url: URL;
  private readonly agent: HttpAgent;

  constructor(options: JsonApiOptions) {
    this.options = options;
    this.url = new URL("/", options.endpoint);
    const settings = { keepAlive: true, maxSockets: 16 };
    this.agent = this.url.protocol === "https:" ? new HttpsAgent(settings) : new HttpAgent(settings);
  }

  /**
   * @param target the part of X-Amz-Target before the dot
   * @throws ControlPlaneError with the error's code, `NetworkError` if there was no answer
   */
  async call(
    service: string,
    target: string,
    operation: string,
    input: object,
    signal?: AbortSignal,
  ): Promise<unknown> {
    const body = JSON.stringify(input);
    const headers = await this.options.signer.sign(
      {
        method: "POST",
        url: this.url,
        headers: {
          "content-type": "application/x-amz-json-1.1",
          "x-amz-target": `${target}.${operation}`,
          "user-agent": this.options.userAgent,
          "content-length": String(Buffer.byteLength(body)),
        },
        body,
      },
      service,
    );
    const { status, text, requestId } = await this.send(headers, body, signal);
    const answer = parse(text);
    if (status === 200) return answer;
    const { __type: type = `Http${status}`, message, Message } = answer as Record<string, string | undefined>;
    throw new ControlPlaneError(type.slice(type.lastIndexOf("#") + 1), message ?? Message ?? "", {
      statusCode: status,
      requestId,
    });
  }

  /** Drops the kept connections. */
  close(): void {
    this.agent.destroy();
  }

  private send(headers: Readonly<Record<string, string>>, body: string, signal?: AbortSignal): Promise<Received> {
    const { promise, resolve, reject } = Promise.withResolvers<Received>();
    const fail = (error: Error) => reject(new ControlPlaneError("NetworkError", error.message, { cause: error }));
    const send = this.url.protocol === "https:" ? httpsRequest : httpRequest;
    const options = {
      method: "POST",
      agent: this.agent,
      headers,
      timeout: timeoutMs,
      ...(signal === undefined ? {} : { signal }),
    };
    const sent = send(this.url, options, (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on("data", (chunk: Buffer) => {
        length += chunk.length;
        chunks.push(chunk);
        if (length > mostAnswerBytes) response.destroy(new Error("the answer is too long"));
      });
      response.on("error", fail);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          text: Buffer.concat(chunks).toString(),
          requestId: response.headers["x-amzn-requestid"]?.toString(),
        }),
      );
    });
    sent.on("timeout", () => sent.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
    sent.on("error", fail);
    sent.end(body);
    return promise;
  }
}

interface Received {
  readonly status: number;
  readonly text: string;
  readonly requestId: string | undefined;
}

function parse(text: string): unknown {
  try {
    return text === "" ? {} : (JSON.parse(text) as unknown);
  } catch {
    return { __type: "SerializationException", message: "the answer is not JSON" };
  }
}
