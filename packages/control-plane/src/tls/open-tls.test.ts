import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createServer, type PeerCertificate } from "node:tls";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openGivenTls, openOwnTls, TlsError } from "./open-tls.ts";

const day = 24 * 3_600_000;
const now = Date.now();
const names = { dns: ["127.0.0.1:4577", "localhost"], ip: ["127.0.0.1"] };
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "hatoba-tls-"));
});
afterEach(() => rmSync(directory, { recursive: true }));
const read = (name: string) => readFileSync(join(directory, name), "utf8");
const server = () => new X509Certificate(read("server.pem"));

test("an authority and a certificate of it are made once, their keys for their owner alone", async () => {
  const made = await openOwnTls(directory, names, now);
  expect(await openOwnTls(directory, names, now + 300 * day)).toEqual(made);
  expect(["ca.key", "server.key"].map((name) => statSync(join(directory, name)).mode & 0o777)).toEqual([0o600, 0o600]);
  const authority = new X509Certificate(read("ca.pem"));
  expect(authority.ca).toBe(true);
  expect(server().verify(authority.publicKey)).toBe(true);
  expect(server().subjectAltName).toBe("DNS:127.0.0.1:4577, DNS:localhost, IP Address:127.0.0.1");
});

test("a certificate is renewed before it runs out, and when a name is missing; the authority stays", async () => {
  await openOwnTls(directory, names, now);
  const [authority, first] = [read("ca.pem"), server().serialNumber];
  await openOwnTls(directory, names, now + 310 * day);
  const second = server().serialNumber;
  expect(second).not.toBe(first);
  await openOwnTls(directory, { ...names, ip: ["127.0.0.1", "10.0.0.5"] }, now + 310 * day);
  expect(server().serialNumber).not.toBe(second);
  expect(server().checkIP("10.0.0.5")).toBe("10.0.0.5");
  expect(read("ca.pem")).toBe(authority);
});

test("another authority brings another certificate", async () => {
  await openOwnTls(directory, names, now);
  rmSync(join(directory, "ca.pem"));
  await expect(openOwnTls(directory, names, now)).rejects.toThrow(TlsError);
  rmSync(join(directory, "ca.key"));
  await openOwnTls(directory, names, now);
  expect(server().verify(new X509Certificate(read("ca.pem")).publicKey)).toBe(true);
});

test("what a crash in the middle of a renewal left is renewed", async () => {
  await openOwnTls(directory, names, now);
  writeFileSync(join(directory, "server.key"), read("ca.key"));
  const { cert, key } = await openOwnTls(directory, names, now);
  expect(new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))).toBe(true);
});

test("clients that trust the authority connect, by name and by address", async () => {
  const { cert, key } = await openOwnTls(directory, names, now);
  const listener = createServer({ cert, key }, (socket) => socket.end()).listen(0, "127.0.0.1");
  const { promise, resolve, reject } = Promise.withResolvers<PeerCertificate>();
  listener.on("listening", () => {
    const { port } = listener.address() as { port: number };
    const client = connect({ host: "127.0.0.1", port, ca: read("ca.pem") }, () =>
      resolve(client.getPeerCertificate(true)),
    );
    client.on("error", reject);
  });
  const peer = await promise;
  listener.close();
  expect(peer.subject.CN).toBe("Hatoba");
});

test("files of somebody else have to fit together", async () => {
  await openOwnTls(directory, names, now);
  const path = (name: string) => join(directory, name);
  expect(await openGivenTls({ cert: path("server.pem"), key: path("server.key") })).toEqual({
    cert: read("server.pem"),
    key: read("server.key"),
  });
  await expect(openGivenTls({ cert: path("server.pem"), key: path("ca.key") })).rejects.toThrow("is not the key");
  writeFileSync(path("text"), "text");
  await expect(openGivenTls({ cert: path("text"), key: path("server.key") })).rejects.toThrow("both PEM");
  await expect(openGivenTls({ cert: path("none"), key: path("server.key") })).rejects.toThrow("cannot be read");
});
