import { describe, expect, test } from "vitest";
import { requireLocalCaller } from "./browser-guard.ts";

describe("without signatures", () => {
  test.each([
    [{ host: "127.0.0.1:4577" }],
    [{ host: "localhost:4577" }],
    [{ host: "[::1]:4577" }],
    [{ host: "ecs.localhost:4577" }],
    [{}],
    [{ host: "127.0.0.1:4577", origin: "http://127.0.0.1:4577", "sec-fetch-site": "same-origin" }],
    [{ host: "127.0.0.1:4577", "sec-fetch-site": "none" }],
  ])("%j is let in", (headers) => {
    expect(() => requireLocalCaller({ headers })).not.toThrow();
  });

  test.each([
    [{ host: "evil.example:4577" }],
    [{ host: "127.0.0.1.evil.example" }],
    [{ host: "localhost.evil.example" }],
    [{ host: "127.0.0.1:4577", origin: "https://evil.example" }],
    [{ host: "127.0.0.1:4577", origin: "http://127.0.0.1:8080" }],
    [{ host: "127.0.0.1:4577", origin: "null" }],
    [{ host: "127.0.0.1:4577", "sec-fetch-site": "cross-site" }],
    [{ host: "127.0.0.1:4577", "sec-fetch-site": "same-site" }],
  ])("%j is refused", (headers) => {
    expect(() => requireLocalCaller({ headers })).toThrow(/--auth open/);
  });
});
