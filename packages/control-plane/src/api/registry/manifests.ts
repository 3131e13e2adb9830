import { isDigest } from "../../registry/digest.ts";
import { mostManifestBytes } from "../../registry/parse-manifest.ts";
import { RegistryRefusal } from "../../registry/refusal.ts";
import { HttpRefusal } from "../http/refusal.ts";
import { readBody } from "../http/request-body.ts";
import { DistributionRefusal } from "./distribution-error.ts";
import { answer, type Exchange, notAllowed } from "./exchange.ts";

/** GET, HEAD and PUT of a manifest, by tag or digest. */
export async function serveManifest(
  exchange: Exchange,
  { name, reference }: { readonly name: string; readonly reference: string },
): Promise<void> {
  const { request } = exchange;
  const wanted = reference.includes(":") ? { digest: reference } : { tag: reference };
  switch (request.method ?? "") {
    case "GET":
    case "HEAD":
      exchange.requireRight("BatchGetImage", name);
      return give(exchange, name, wanted);
    case "PUT":
      exchange.requireRight("PutImage", name);
      return take(exchange, name, wanted);
    default:
      throw notAllowed(request.method);
  }
}

type Wanted = { readonly tag?: string; readonly digest?: string };

async function give(exchange: Exchange, name: string, wanted: Wanted): Promise<void> {
  const { request, registry } = exchange;
  const image = registry.findImage(name, wanted);
  if (image === undefined) {
    throw new RegistryRefusal("imageUnknown", "Requested image not found");
  }
  const { digest, mediaType, manifestBytes } = image.value;
  const headers = { "content-type": mediaType, "docker-content-digest": digest, etag: `"${digest}"` };
  if (request.method === "HEAD") return answer(exchange, 200, { ...headers, "content-length": manifestBytes });
  registry.notePull(image);
  answer(exchange, 200, headers, await registry.readManifest(image.value));
}

async function take(exchange: Exchange, name: string, wanted: Wanted): Promise<void> {
  const { request, registry } = exchange;
  if (wanted.digest !== undefined && !isDigest(wanted.digest)) {
    throw new RegistryRefusal("digestInvalid", `'${wanted.digest}' is not a digest as sha256:….`);
  }
  const content = await bodyOf(exchange);
  const { digest } = await registry.putImage(name, { content, mediaType: request.headers["content-type"], ...wanted });
  const subject = registry.findImage(name, { digest })?.value.subject;
  answer(exchange, 201, {
    location: `/v2/${name}/manifests/${digest}`,
    "docker-content-digest": digest,
    ...(subject === undefined ? {} : { "oci-subject": subject }),
  });
}

async function bodyOf({ request }: Exchange): Promise<Buffer> {
  try {
    return await readBody(request, mostManifestBytes);
  } catch (error) {
    if (!(error instanceof HttpRefusal)) throw error;
    const message = `An image manifest has at most ${mostManifestBytes} bytes.`;
    throw new DistributionRefusal({ status: 413, code: "MANIFEST_INVALID", message });
  }
}
