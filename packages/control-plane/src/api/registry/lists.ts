import { isDigest } from "../../registry/digest.ts";
import { RegistryRefusal } from "../../registry/refusal.ts";
import type { Snapshot } from "../../store/store.ts";
import { answerJson, type Exchange, notAllowed } from "./exchange.ts";

const most = 1000;

/** Names behind `last`, `n` of them, and where the rest is. Source: OCI distribution specification, listing tags. */
function page(names: readonly string[], query: URLSearchParams) {
  const wanted = Number(query.get("n") ?? most);
  const n = Number.isInteger(wanted) && wanted >= 0 ? Math.min(wanted, most) : most;
  const last = query.get("last") ?? "";
  const rest = names.filter((name) => name > last).toSorted();
  const found = rest.slice(0, n);
  return { found, next: rest.length > n && n > 0 ? { n: String(n), last: found.at(-1) ?? "" } : undefined };
}

const linkTo = (path: string, next: Readonly<Record<string, string>> | undefined) =>
  next === undefined ? {} : { link: `<${path}?${new URLSearchParams(next).toString()}>; rel="next"` };

/** All tags of a repository in order. */
export function serveTags(exchange: Exchange, { name }: { readonly name: string }, snapshot: Snapshot): void {
  requireGet(exchange);
  exchange.requireRight("ListImages", name);
  const { arn } = exchange.registry.repository(name, snapshot);
  const tags = snapshot.list("imageTag", { repositoryArn: arn }).map(({ value }) => value.tag);
  const { found, next } = page(tags, exchange.query);
  answerJson(exchange, { name, tags: found }, linkTo(`/v2/${name}/tags/list`, next));
}

/** All repositories in order. */
export function serveCatalog(exchange: Exchange, snapshot: Snapshot): void {
  requireGet(exchange);
  exchange.requireRight("DescribeRepositories");
  const names = snapshot.list("imageRepository").map(({ value }) => value.name);
  const { found, next } = page(names, exchange.query);
  answerJson(exchange, { repositories: found }, linkTo("/v2/_catalog", next));
}

/** What is about an image, as signatures are. Source: OCI distribution specification, listing referrers. */
export function serveReferrers(
  exchange: Exchange,
  { name, digest }: { readonly name: string; readonly digest: string },
  snapshot: Snapshot,
): void {
  requireGet(exchange);
  exchange.requireRight("ListImageReferrers", name);
  if (!isDigest(digest)) throw new RegistryRefusal("digestInvalid", `'${digest}' is not a digest as sha256:….`);
  const { arn } = exchange.registry.repository(name, snapshot);
  const wanted = exchange.query.get("artifactType");
  const manifests = snapshot
    .list("image", { repositoryArn: arn, subject: digest })
    .filter(({ value }) => wanted === null || value.artifactType === wanted)
    .map(({ value }) => ({
      mediaType: value.mediaType,
      digest: value.digest,
      size: value.manifestBytes,
      ...(value.artifactType === undefined ? {} : { artifactType: value.artifactType }),
      ...(value.annotations === undefined ? {} : { annotations: value.annotations }),
    }));
  const mediaType = "application/vnd.oci.image.index.v1+json";
  const headers = { "content-type": mediaType, ...(wanted === null ? {} : { "oci-filters-applied": "artifactType" }) };
  answerJson(exchange, { schemaVersion: 2, mediaType, manifests }, headers);
}

function requireGet({ request: { method } }: Exchange): void {
  if (method !== "GET" && method !== "HEAD") throw notAllowed(method);
}
