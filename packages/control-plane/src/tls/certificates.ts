import { randomBytes, webcrypto } from "node:crypto";
import "reflect-metadata"; // asked for by the next one
import * as x509 from "@peculiar/x509";
import type { ServerNames } from "./server-names.ts";

/** A certificate with its private key, both PEM. */
export interface Issued {
  readonly certificate: string;
  readonly key: string;
}

const dayMs = 24 * 3_600_000;
const validityMs = { authority: 3650 * dayMs, server: 365 * dayMs } as const;
/** Clocks of other machines may be behind. */
const headStartMs = dayMs;
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** A certificate authority of its own, for ten years. @param now epoch milliseconds */
export async function issueAuthority(now: number): Promise<Issued> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    // Told apart by a random part: a client may know several houses.
    name: `CN=Hatoba CA ${randomBytes(4).toString("hex")}`,
    notBefore: new Date(now - headStartMs),
    notAfter: new Date(now + validityMs.authority),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pem(certificate), key: await exportKey(keys.privateKey) };
}

/** A server's certificate for these names, for a year. @param now epoch milliseconds */
export async function issueServerCertificate(authority: Issued, names: ServerNames, now: number): Promise<Issued> {
  const issuer = new x509.X509Certificate(authority.certificate);
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: "CN=Hatoba",
    issuer: issuer.subject,
    notBefore: new Date(now - headStartMs),
    notAfter: new Date(Math.min(now + validityMs.server, issuer.notAfter.getTime())),
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.key),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        ...names.dns.map((value) => ({ type: "dns" as const, value })),
        ...names.ip.map((value) => ({ type: "ip" as const, value })),
      ]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  });
  return { certificate: pem(certificate), key: await exportKey(keys.privateKey) };
}

const newKeys = () => webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);

/** Positive, and 20 octets at most. Source: RFC 5280, 4.1.2.2. */
const serialNumber = () => `40${randomBytes(15).toString("hex")}`;

const pem = (certificate: x509.X509Certificate) => `${certificate.toString("pem")}\n`;

const exportKey = async (key: webcrypto.CryptoKey) =>
  `${x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY")}\n`;

const importKey = (text: string) =>
  webcrypto.subtle.importKey("pkcs8", x509.PemConverter.decodeFirst(text), algorithm, false, ["sign"]);
