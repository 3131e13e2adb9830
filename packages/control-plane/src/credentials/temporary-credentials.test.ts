import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { TemporaryCredentials } from "./temporary-credentials.ts";

const session = { roleArn: "arn:aws:iam::000000000000:role/app", sessionName: "0af", expiresAt: 1_800_000_000_000 };
const credentials = new TemporaryCredentials(Buffer.alloc(32, 7));

test("opens what it made, also in another process", () => {
  const keys = credentials.issue(session);
  expect(keys.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
  expect(keys.secretAccessKey).toHaveLength(40);
  const opened = new TemporaryCredentials(Buffer.alloc(32, 7)).open(keys.accessKeyId, keys.sessionToken);
  expect(opened).toEqual({ session, keys });
});

test("differs from session to session", () => {
  const [one, other] = [credentials.issue(session), credentials.issue({ ...session, sessionName: "0b0" })];
  expect(one.accessKeyId).not.toBe(other.accessKeyId);
  expect(one.secretAccessKey).not.toBe(other.secretAccessKey);
  expect(credentials.open(one.accessKeyId, other.sessionToken)).toBeUndefined();
});

test("opens nothing that was changed or made elsewhere", () => {
  const keys = credentials.issue(session);
  const admin = Buffer.from(JSON.stringify({ ...session, roleArn: "arn:aws:iam::000000000000:role/admin" })).toString(
    "base64url",
  );
  const forged = `${admin}.${keys.sessionToken.split(".")[1]}`;
  for (const token of [forged, `${keys.sessionToken}.x`, keys.sessionToken.slice(0, -1), "", "."]) {
    expect(credentials.open(keys.accessKeyId, token)).toBeUndefined();
  }
  expect(new TemporaryCredentials(randomBytes(32)).open(keys.accessKeyId, keys.sessionToken)).toBeUndefined();
});
