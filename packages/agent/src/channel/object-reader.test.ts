import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { objectReader } from "./object-reader.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function reader(answer: { readonly status: number; readonly body: string }, mostBytes = 1000) {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    response.writeHead(answer.status).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close());
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { seen, read: objectReader({ endpoint, region: "us-east-1", userAgent: "agent", mostBytes }) };
}
const credentials = { accessKeyId: "AKID", secretAccessKey: "secret", sessionToken: "token" };

test("an object is asked for by its path, signed once encoded", async () => {
  const { read, seen } = await reader({ status: 200, body: "[INPUT]" });
  expect((await read({ bucket: "settings", key: "a b/c+d(1).conf" }, credentials)).toString()).toBe("[INPUT]");
  expect(seen[0]?.url).toBe("/settings/a%20b/c%2Bd%281%29.conf");
  expect(seen[0]?.headers).toMatchObject({
    authorization: expect.stringMatching(/Credential=AKID\/\d+\/us-east-1\/s3\/aws4_request/) as string,
    "x-amz-security-token": "token",
    "x-amz-content-sha256": expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  });
});

test("a refusal has the service's code", async () => {
  const body = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message><RequestId>r</RequestId></Error>";
  const { read } = await reader({ status: 403, body });
  const refused = { name: "AccessDenied", message: "Access Denied", statusCode: 403 };
  await expect(read({ bucket: "b", key: "k" }, credentials)).rejects.toMatchObject(refused);
});

test("an answer without sense, one that is too large, and none", async () => {
  const plain = await reader({ status: 502, body: "oops" });
  await expect(plain.read({ bucket: "b", key: "k" }, credentials)).rejects.toMatchObject({ name: "Http502" });
  const large = await reader({ status: 200, body: "x".repeat(50) }, 20);
  await expect(large.read({ bucket: "b", key: "k" }, credentials)).rejects.toThrow("larger than 20 bytes");
  const nobody = objectReader({ endpoint: "http://127.0.0.1:9", region: "r", userAgent: "a", mostBytes: 1 });
  const missing = { name: "NetworkError", statusCode: 0 };
  await expect(nobody({ bucket: "b", key: "k" }, credentials)).rejects.toMatchObject(missing);
});
