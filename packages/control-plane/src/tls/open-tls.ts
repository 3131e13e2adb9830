import { createPrivateKey, X509Certificate } from "node:crypto";
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Issued } from "./certificates.ts";
import type { ServerNames } from "./server-names.ts";

/** What a TLS server needs, both PEM; the certificate is followed by those that vouch for it. */
export interface ServerTls {
  readonly cert: string;
  readonly key: string;
}

/** Files for TLS that cannot be used; the message says which and why. */
export class TlsError extends Error {
  override readonly name = "TlsError";
}

/** A server's certificate is renewed when it has less than this left. */
const renewalMs = 60 * 24 * 3_600_000;

/**
 * The house's own authority and a certificate of it for the server, kept in `directory` (`ca.pem`, `server.pem` and their
 * keys, which only their owner can read). What is missing is made; the server's certificate is made anew when it runs out
 * within 60 days, when it lacks a name, or when the authority is another one.
 * @param now epoch milliseconds @throws TlsError
 */
export async function openOwnTls(directory: string, names: ServerNames, now: number): Promise<ServerTls> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const make = () => import("./certificates.ts"); // costs time, and is needed once a year
  const keep = async (name: string, made: Promise<Issued>) => writePair(directory, name, await made);
  const authority = (await readPair(directory, "ca")) ?? (await keep("ca", (await make()).issueAuthority(now)));
  if (new X509Certificate(authority.certificate).validToDate.getTime() <= now) {
    throw new TlsError(
      `The authority in ${directory} has expired. Move the directory away, and all agents join again.`,
    );
  }
  let server = await readPair(directory, "server").catch(unusable); // nobody trusts this one in itself: it is made anew
  if (server === undefined || !isGood(server, { authority, names, now })) {
    server = await keep("server", (await make()).issueServerCertificate(authority, names, now));
  }
  return { cert: server.certificate + authority.certificate, key: server.key };
}

function unusable(error: unknown): undefined {
  if (!(error instanceof TlsError)) throw error;
}

/** Whether a certificate of the server can go on being used. */
function isGood(
  server: Issued,
  { authority, names, now }: { readonly authority: Issued; readonly names: ServerNames; readonly now: number },
): boolean {
  const [certificate, issuer] = [new X509Certificate(server.certificate), new X509Certificate(authority.certificate)];
  const has = new Set((certificate.subjectAltName ?? "").split(", "));
  return (
    certificate.checkIssued(issuer) &&
    certificate.verify(issuer.publicKey) &&
    certificate.validToDate.getTime() - now >= Math.min(renewalMs, issuer.validToDate.getTime() - now) &&
    names.dns.every((name) => has.has(`DNS:${name}`)) &&
    names.ip.every((address) => certificate.checkIP(address) !== undefined)
  );
}

/** Somebody else's certificate, with those that vouch for it behind it, and its key. @throws TlsError */
export async function openGivenTls(files: { readonly cert: string; readonly key: string }): Promise<ServerTls> {
  const [cert, key] = await Promise.all([readText(files.cert), readText(files.key)]);
  try {
    if (new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) return { cert, key };
  } catch (error) {
    throw new TlsError(`${files.cert} and ${files.key} are not a certificate and its key, both PEM`, { cause: error });
  }
  throw new TlsError(`${files.key} is not the key of the certificate in ${files.cert}`);
}

/** Undefined if there is neither. @throws TlsError if one is missing, or they do not belong together */
async function readPair(directory: string, name: string): Promise<Issued | undefined> {
  const paths = pathsOf(directory, name);
  const [certificate, key] = await Promise.all([readIfThere(paths.certificate), readIfThere(paths.key)]);
  if (certificate === undefined && key === undefined) return undefined;
  if (certificate === undefined || key === undefined) {
    throw new TlsError(`Of ${paths.certificate} and ${paths.key} one is missing. Put it back, or remove both.`);
  }
  await chmod(paths.key, 0o600);
  await openGivenTls({ cert: paths.certificate, key: paths.key });
  return { certificate, key };
}

/** Each of the two files appears whole or not at all. */
async function writePair(directory: string, name: string, pair: Issued): Promise<Issued> {
  const paths = pathsOf(directory, name);
  await writeWhole(paths.key, pair.key, 0o600);
  await writeWhole(paths.certificate, pair.certificate, 0o644);
  return pair;
}

async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  await writeFile(`${path}.new`, text, { mode, flush: true });
  await rename(`${path}.new`, path);
}

const pathsOf = (directory: string, name: string) => ({
  certificate: join(directory, `${name}.pem`),
  key: join(directory, `${name}.key`),
});

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new TlsError(`${path} cannot be read`, { cause: error });
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new TlsError(`${path} cannot be read`, { cause: error });
  }
}
