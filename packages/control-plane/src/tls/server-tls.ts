import { hostname, networkInterfaces } from "node:os";
import { join } from "node:path";
import { openGivenTls, openOwnTls, type ServerTls } from "./open-tls.ts";
import { serverNames } from "./server-names.ts";

/** What a control plane is told of TLS. */
export interface TlsWish {
  /** The house's own authority, for these names too; or files of somebody else's. */
  readonly tls: { readonly names: readonly string[] } | { readonly cert: string; readonly key: string };
  readonly dataDir: string;
  readonly listen: { readonly host: string; readonly port: number };
  readonly advertise?: string;
}

/** Certificate and key to serve with, made if need be. @param now epoch milliseconds @throws TlsError */
export async function openServerTls({ tls, dataDir, listen, advertise }: TlsWish, now: number): Promise<ServerTls> {
  if ("cert" in tls) return openGivenTls(tls);
  const addresses = Object.values(networkInterfaces()).flatMap((own = []) =>
    own.flatMap(({ address, scopeid }) => (scopeid ? [] : [address])),
  );
  const names = serverNames({
    ...listen,
    ...(advertise === undefined ? {} : { advertise }),
    more: tls.names,
    machine: { hostName: hostname(), addresses },
  });
  return openOwnTls(join(dataDir, "tls"), names, now);
}
