import { appendFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";

/** One access to credentials. */
export interface AuditEntry {
  readonly status: number;
  /** As `172.17.0.2:40112`. */
  readonly client: string;
  /** Without the id, which is a secret. */
  readonly path: string;
  readonly userAgent: string;
  /** Empty if it is not known whose they are. */
  readonly taskArn: string;
  readonly event: "GetCredentials" | "GetCredentialsExecutionRole";
}

/** A file that grew beyond this becomes `audit.log.1`, in place of the one before. */
const largestBytes = 4 * 1024 * 1024;

/** The line of an access. @param time epoch milliseconds. Source: agent protocol §6.4. */
export function auditLine(entry: AuditEntry, time: number, cluster: string, containerInstanceArn: string): string {
  const when = new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
  const field = (text: string) => text || "-";
  const quoted = (text: string) => `"${text.replaceAll(/["\\\p{Cc}]/gu, "?").slice(0, 300)}"`;
  return [
    when,
    entry.status,
    field(entry.client),
    quoted(entry.path),
    quoted(entry.userAgent),
    field(entry.taskArn),
    entry.event,
    2,
    field(cluster),
    field(containerInstanceArn),
  ].join(" ");
}

/** Writes down who asked for credentials, in `audit.log` of the data directory; two files of 4 MiB at most. */
export class AuditLog {
  readonly #path: string;
  readonly #whose: { readonly cluster: string; readonly containerInstanceArn: () => string };
  readonly #clock: Clock;
  readonly #logger: Logger;
  #bytes: number | undefined;

  constructor({
    dataDir,
    clock,
    logger,
    ...whose
  }: {
    readonly dataDir: string;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly cluster: string;
    readonly containerInstanceArn: () => string;
  }) {
    this.#path = join(dataDir, "audit.log");
    this.#clock = clock;
    this.#logger = logger;
    this.#whose = whose;
  }

  /** A line that cannot be written is told to the agent's log; containers get their credentials all the same. */
  write(entry: AuditEntry): void {
    const { cluster, containerInstanceArn } = this.#whose;
    const line = `${auditLine(entry, this.#clock.now(), cluster, containerInstanceArn())}\n`;
    try {
      this.#bytes ??= statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
      if (this.#bytes > largestBytes) {
        renameSync(this.#path, `${this.#path}.1`);
        this.#bytes = 0;
      }
      appendFileSync(this.#path, line, { mode: 0o600 });
      this.#bytes += Buffer.byteLength(line);
    } catch (error) {
      this.#logger.error({ err: error }, "an access to credentials could not be written down");
    }
  }
}
