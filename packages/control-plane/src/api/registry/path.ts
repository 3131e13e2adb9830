/** What a request of the distribution protocol is about. */
export type RegistryPath =
  | { readonly kind: "base" }
  | { readonly kind: "catalog" }
  | { readonly kind: "tags"; readonly name: string }
  | { readonly kind: "manifest"; readonly name: string; readonly reference: string }
  | { readonly kind: "blob"; readonly name: string; readonly digest: string }
  | { readonly kind: "uploads"; readonly name: string }
  | { readonly kind: "upload"; readonly name: string; readonly id: string }
  | { readonly kind: "referrers"; readonly name: string; readonly digest: string };

/** Source: ECR API reference, repositoryName. */
const part = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const isName = (text: string) => text.length <= 256 && new RegExp(`^${part}(?:/${part})*$`).test(text);

const shapes: readonly (readonly [RegExp, (name: string, last: string) => RegistryPath])[] = [
  [/^(.+)\/tags\/list$/, (name) => ({ kind: "tags", name })],
  [/^(.+)\/manifests\/([^/]+)$/, (name, reference) => ({ kind: "manifest", name, reference })],
  [/^(.+)\/blobs\/uploads\/?$/, (name) => ({ kind: "uploads", name })],
  [/^(.+)\/blobs\/uploads\/([^/]+)$/, (name, id) => ({ kind: "upload", name, id })],
  [/^(.+)\/blobs\/([^/]+)$/, (name, digest) => ({ kind: "blob", name, digest })],
  [/^(.+)\/referrers\/([^/]+)$/, (name, digest) => ({ kind: "referrers", name, digest })],
];

/** Reads the path behind `/v2`; undefined if nothing is there. Source: OCI distribution specification, endpoints. */
export function parseRegistryPath(path: string): RegistryPath | undefined {
  if (path === "" || path === "/") return { kind: "base" };
  if (path === "/_catalog") return { kind: "catalog" };
  for (const [shape, make] of shapes) {
    const [matched, name = "", last = ""] = shape.exec(path.slice(1)) ?? [];
    if (matched !== undefined) return isName(name) ? make(name, last) : undefined;
  }
  return undefined;
}
