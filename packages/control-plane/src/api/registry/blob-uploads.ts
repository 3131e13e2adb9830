import { partStart } from "./byte-range.ts";
import { DistributionRefusal, uploadRange } from "./distribution-error.ts";
import { answer, type Exchange, notAllowed } from "./exchange.ts";

const blobCreated = (exchange: Exchange, name: string, digest: string) =>
  answer(exchange, 201, { location: `/v2/${name}/blobs/${digest}`, "docker-content-digest": digest });

const uploadState = (
  exchange: Exchange,
  status: number,
  { name, id, bytes }: { name: string; id: string; bytes: number },
) =>
  answer(exchange, status, {
    location: `/v2/${name}/blobs/uploads/${id}`,
    range: uploadRange(bytes),
    "docker-upload-uuid": id,
  });

/** POST: begins an upload, or is one in itself with `digest`, or takes a blob of another repository with `mount` and `from`. */
export async function serveUploads(exchange: Exchange, { name }: { readonly name: string }): Promise<void> {
  const { request, query, registry } = exchange;
  if (request.method !== "POST") throw notAllowed(request.method);
  exchange.requireRight("InitiateLayerUpload", name);
  const [mount, from, digest] = ["mount", "from", "digest"].map((key) => query.get(key));
  if (mount && from && mayMount(exchange, from) && (await registry.mountBlob(name, { from, digest: mount }))) {
    return blobCreated(exchange, name, mount);
  }
  const id = await registry.startUpload(name);
  if (!digest) return uploadState(exchange, 202, { name, id, bytes: 0 });
  exchange.requireRight("CompleteLayerUpload", name);
  await registry.upload(name, id, { content: request });
  await registry.finishUpload(name, id, digest);
  blobCreated(exchange, name, digest);
}

/** Only what one could pull from there can be taken from there; otherwise the blob is sent. */
function mayMount({ requireRight, registry }: Exchange, from: string): boolean {
  try {
    requireRight("GetDownloadUrlForLayer", from);
    registry.repository(from);
    return true;
  } catch {
    return false;
  }
}

/** GET: how far it is; PATCH: a part; PUT: the last part and the end; DELETE: gives it up. */
export async function serveUpload(
  exchange: Exchange,
  { name, id }: { readonly name: string; readonly id: string },
): Promise<void> {
  const { request, query, registry } = exchange;
  const part = () => ({ content: request, from: partStart(request.headers["content-range"]) });
  switch (request.method ?? "") {
    case "GET":
      exchange.requireRight("UploadLayerPart", name);
      return uploadState(exchange, 204, { name, id, bytes: await registry.uploaded(name, id) });
    case "PATCH": {
      exchange.requireRight("UploadLayerPart", name);
      return uploadState(exchange, 202, { name, id, bytes: await registry.upload(name, id, part()) });
    }
    case "PUT": {
      exchange.requireRight("CompleteLayerUpload", name);
      const digest = query.get("digest");
      if (digest === null) {
        throw new DistributionRefusal({ status: 400, code: "DIGEST_INVALID", message: "The digest is missing." });
      }
      await registry.upload(name, id, part());
      await registry.finishUpload(name, id, digest);
      return blobCreated(exchange, name, digest);
    }
    case "DELETE":
      exchange.requireRight("CompleteLayerUpload", name);
      await registry.cancelUpload(name, id);
      return answer(exchange, 204);
    default:
      throw notAllowed(request.method);
  }
}
