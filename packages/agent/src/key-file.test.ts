import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ConfigError } from "./config.ts";
import { trustCertFile, withKeyFile } from "./key-file.ts";

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "hatoba-key-"));
  path = join(directory, "machine.key");
});
afterEach(() => rmSync(directory, { recursive: true }));
const write = (content: string, mode = 0o600) => {
  writeFileSync(path, content);
  chmodSync(path, mode);
};

test("a key file stands in for the key's variables", () => {
  write(JSON.stringify({ accessKeyId: "AKIA1", secretAccessKey: "secret" }));
  const variables = { HATOBA_KEY_FILE: path, AWS_ACCESS_KEY_ID: "other", AWS_SESSION_TOKEN: "other", ECS_CLUSTER: "c" };
  expect(withKeyFile(variables)).toMatchObject({
    AWS_ACCESS_KEY_ID: "AKIA1",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_SESSION_TOKEN: undefined,
    ECS_CLUSTER: "c",
  });
  expect(withKeyFile({ ECS_CLUSTER: "c" })).toEqual({ ECS_CLUSTER: "c" });
});

test("one that others can read, or without a key, is refused", () => {
  const read = () => withKeyFile({ HATOBA_KEY_FILE: path });
  expect(read).toThrow(ConfigError);
  write("{}");
  expect(read).toThrow("holds no access key");
  write("text");
  expect(read).toThrow("cannot be read as JSON");
  write(JSON.stringify({ accessKeyId: "AKIA1", secretAccessKey: "secret" }), 0o644);
  expect(read).toThrow("chmod 600");
});

test("a file of authorities has to hold one", () => {
  write("text");
  expect(() => trustCertFile({ SSL_CERT_FILE: path })).toThrow("no certificate");
  trustCertFile({});
});
