import { pipeline } from "node:stream/promises";
import { RegistryRefusal } from "../../registry/refusal.ts";
import { readRange } from "./byte-range.ts";
import { DistributionRefusal } from "./distribution-error.ts";
import { answer, type Exchange, notAllowed } from "./exchange.ts";

const unknown = (digest: string) => new RegistryRefusal("blobUnknown", `There is no blob ${digest} in the repository.`);

/**
 * GET, HEAD of a blob, in part too. A push asks by HEAD whether it has to send one at all.
 * @param isOpened it was asked with an address of GetDownloadUrlForLayer
 */
export async function serveBlob(
  exchange: Exchange,
  { name, digest }: { readonly name: string; readonly digest: string },
  isOpened: boolean,
): Promise<void> {
  const { request, response, registry } = exchange;
  if (request.method === "HEAD") {
    if (!isOpened) exchange.requireRight("BatchCheckLayerAvailability", name);
    const size = await registry.seeBlob(name, digest);
    if (size === undefined) throw unknown(digest);
    return answer(exchange, 200, headersOf(digest, size));
  }
  if (request.method !== "GET") throw notAllowed(request.method);
  if (!isOpened) exchange.requireRight("GetDownloadUrlForLayer", name);
  const size = registry.blobSize(name, digest);
  if (size === undefined || (await registry.files.sizeOf(digest)) === undefined) throw unknown(digest);
  const range = readRange(request.headers.range, size);
  if (range === "unsatisfiable") {
    const headers = { "content-range": `bytes */${size}` };
    throw new DistributionRefusal({
      status: 416,
      code: "BLOB_UNKNOWN",
      message: "The range is not in the blob.",
      headers,
    });
  }
  const length = range === undefined ? size : range.end - range.start + 1;
  response.writeHead(range === undefined ? 200 : 206, {
    ...headersOf(digest, length),
    ...(range === undefined ? {} : { "content-range": `bytes ${range.start}-${range.end}/${size}` }),
  });
  if (length === 0) return void response.end();
  await pipeline(registry.readBlob(digest, range), response);
}

const headersOf = (digest: string, length: number) => ({
  "docker-distribution-api-version": "registry/2.0",
  "docker-content-digest": digest,
  "content-type": "application/octet-stream",
  "content-length": length,
  "accept-ranges": "bytes",
  etag: `"${digest}"`,
});
