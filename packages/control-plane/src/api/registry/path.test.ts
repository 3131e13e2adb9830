import { expect, test } from "vitest";
import { parseRegistryPath } from "./path.ts";

test.each([
  ["/", { kind: "base" }],
  ["", { kind: "base" }],
  ["/_catalog", { kind: "catalog" }],
  ["/a/b/tags/list", { kind: "tags", name: "a/b" }],
  ["/app/manifests/v1", { kind: "manifest", name: "app", reference: "v1" }],
  ["/app/blobs/sha256:1", { kind: "blob", name: "app", digest: "sha256:1" }],
  ["/app/blobs/uploads/", { kind: "uploads", name: "app" }],
  ["/app/blobs/uploads/x", { kind: "upload", name: "app", id: "x" }],
  ["/app/referrers/sha256:1", { kind: "referrers", name: "app", digest: "sha256:1" }],
  ["/App/tags/list", undefined],
  ["/../tags/list", undefined],
  ["/a//b/tags/list", undefined],
  ["/app/nothing", undefined],
])("/v2%s", (path, parsed) => {
  expect(parseRegistryPath(path)).toEqual(parsed);
});
