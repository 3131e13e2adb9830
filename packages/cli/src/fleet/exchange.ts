import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { hostname, platform, release, type } from "node:os";
import { UserError } from "../terminal/user-error.ts";

const timeoutMs = 30_000;

export interface JoinRequest {
  readonly endpoint: URL;
  readonly activationId: string;
  readonly activationCode: string;
  /** PEM; the system's authorities if absent. */
  readonly authority?: string;
}

/** What a machine gets for an activation's code. */
export interface MachineIdentity {
  /** `mi-…`. */
  readonly instanceId: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const platformTypes: Readonly<Record<string, string>> = { linux: "Linux", win32: "Windows", darwin: "MacOS" };

/**
 * Exchanges an activation's code for an identity of this machine: RegisterManagedInstance, which nobody signs.
 * @throws UserError with what the control plane says, or why it cannot be reached
 */
export async function exchange({
  endpoint,
  activationId,
  activationCode,
  authority,
}: JoinRequest): Promise<MachineIdentity> {
  const input = {
    ActivationId: activationId,
    ActivationCode: activationCode,
    ComputerName: hostname(),
    PlatformName: type(),
    PlatformVersion: release(),
    ...(platformTypes[platform()] === undefined ? {} : { PlatformType: platformTypes[platform()] }),
  };
  const { status, text } = await post(endpoint, JSON.stringify(input), authority);
  const answer = parse(text);
  if (status !== 200) {
    const { __type: name = `HTTP ${status}`, Message, message = Message } = answer;
    throw new UserError(
      `${endpoint.origin} does not let this machine join.\n${name}: ${message ?? text.slice(0, 200)}`,
    );
  }
  const { InstanceId: instanceId, Region: region, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } = answer;
  if (!instanceId || !region || !accessKeyId || !secretAccessKey) {
    throw new UserError(`${endpoint.origin} answers, but is no Hatoba: it gave no key.`);
  }
  return { instanceId, region, accessKeyId, secretAccessKey };
}

function parse(text: string): Readonly<Record<string, string | undefined>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, string>) : {};
  } catch {
    return {};
  }
}

async function post(endpoint: URL, body: string, authority: string | undefined) {
  const { promise, resolve, reject } = Promise.withResolvers<{ readonly status: number; readonly text: string }>();
  const send = endpoint.protocol === "https:" ? httpsRequest : httpRequest;
  const sent = send(
    endpoint,
    {
      method: "POST",
      timeout: timeoutMs,
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "AmazonSSM.RegisterManagedInstance",
      },
      ...(authority === undefined ? {} : { ca: authority }),
    },
    (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject);
      response.once("end", () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString().slice(0, 100_000) }),
      );
    },
  );
  sent.once("timeout", () => sent.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
  sent.once("error", reject);
  sent.end(body);
  try {
    return await promise;
  } catch (cause) {
    throw new UserError(`${endpoint.origin} cannot be reached: ${reasonOf(cause)}`, { cause });
  }
}

/** What to do about it, where that is known. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? String(error.code) : "";
  const advice: Readonly<Record<string, string>> = {
    ECONNREFUSED: "nobody listens there. Does the control plane run, and with --listen beyond its own machine?",
    SELF_SIGNED_CERT_IN_CHAIN: "its authority is not known here. Give --ca-fingerprint or --ca.",
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its authority is not known here. Give --ca-fingerprint or --ca.",
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its authority is not known here. Give --ca-fingerprint or --ca.",
    ERR_TLS_CERT_ALTNAME_INVALID: `${error.message}. Start it with that name: up --tls --tls-names NAME`,
    EPROTO: "it does not speak TLS. Is it http:// there?",
    ECONNRESET: "it hung up. Is it https:// there?",
  };
  return advice[code] ?? error.message;
}
