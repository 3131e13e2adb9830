import { isIPv4 } from "node:net";
import type { WireRequest } from "../wire/protocol.ts";
import { HttpRefusal } from "./refusal.ts";

/**
 * Without signatures, being on this machine is the only proof; a web page in the user's browser is on it too. So it is
 * refused what comes from another origin, and what reached us under a name that is not this machine's (DNS rebinding).
 * @throws HttpRefusal AccessDeniedException
 */
export function requireLocalCaller({ headers }: Pick<WireRequest, "headers">): void {
  const host = text(headers.host);
  if (host !== undefined && !isLoopbackName(hostNameOf(host))) {
    throw denied(`With --auth open this server only answers under a loopback name such as 127.0.0.1, not ${host}.`);
  }
  const origin = text(headers.origin);
  const site = text(headers["sec-fetch-site"]);
  const isForeign = origin !== undefined && originHost(origin) !== host;
  if (isForeign || (site !== undefined && site !== "same-origin" && site !== "none")) {
    throw denied("With --auth open this server does not answer web pages of another origin.");
  }
}

const text = (header: string | readonly string[] | undefined) => (typeof header === "string" ? header : undefined);
const denied = (message: string) => new HttpRefusal({ name: "AccessDeniedException", message, status: 403 });

function originHost(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

/** The name in a Host header, without port and brackets. */
export const hostNameOf = (host: string): string => host.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");

/** Whether a name or address can only mean the machine itself. */
export const isLoopbackName = (name: string): boolean =>
  name === "localhost" || name.endsWith(".localhost") || name === "::1" || (isIPv4(name) && name.startsWith("127."));
