import { expect, test } from "vitest";
import { readSecretAs } from "./read-secret.ts";

const keys = {
  credentialsId: "1",
  roleArn: "arn:aws:iam::000000000000:role/exec",
  accessKeyId: "ASIAEXAMPLE",
  secretAccessKey: "key",
  sessionToken: "token",
  expiration: "2027-01-01T00:00:00Z",
};

test("a secret is asked for with the role's keys, and the connection closed whatever comes of it", async () => {
  const calls: unknown[] = [];
  const answering = (answer: () => Promise<unknown>) =>
    readSecretAs((credentials) => ({
      call: (...args) => {
        calls.push([credentials.accessKeyId, ...args.slice(0, 4)]);
        return answer();
      },
      close: () => void calls.push("closed"),
    }));
  const { signal } = new AbortController();
  expect(await answering(async () => ({ SecretString: "text" }))("id", keys, signal)).toBe("text");
  await expect(answering(async () => ({}))("id", keys, signal)).rejects.toThrow("the secret has no text");
  await expect(answering(() => Promise.reject(new Error("no")))("id", keys, signal)).rejects.toThrow("no");
  const call = ["ASIAEXAMPLE", "secretsmanager", "secretsmanager", "GetSecretValue", { SecretId: "id" }];
  expect(calls).toEqual([call, "closed", call, "closed", call, "closed"]);
});
