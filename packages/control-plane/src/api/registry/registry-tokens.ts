import type { SealedTexts } from "../../credentials/sealed-text.ts";
import type { RoleSession, TemporaryCredentials } from "../../credentials/temporary-credentials.ts";
import type { Clock } from "../../platform/clock.ts";
import type { AccessKeys } from "../http/access-keys.ts";
import type { Caller } from "../operation-context.ts";

/** What a token says: who asked for it, until when it holds. */
interface TokenContent {
  readonly accessKeyId: string;
  readonly session?: RoleSession;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** 12 hours, in milliseconds. Source: ECR API reference, GetAuthorizationToken. */
const tokenLifeMs = 12 * 60 * 60_000;
/** 1 hour. Source: what ECR's addresses of layers say of themselves. */
const addressLifeMs = 60 * 60_000;

/**
 * Passwords for the registry: sealed with the house's key, kept nowhere. Whoever has one is whom it was given to, as long as that
 * identity's key opens anything: a deregistered machine's, or a stopped task's, does not.
 */
export class RegistryTokens {
  readonly #deps: {
    readonly sealed: SealedTexts;
    readonly credentials: TemporaryCredentials;
    readonly keys: AccessKeys;
    readonly clock: Clock;
  };

  constructor(deps: {
    readonly sealed: SealedTexts;
    readonly credentials: TemporaryCredentials;
    readonly keys: AccessKeys;
    readonly clock: Clock;
  }) {
    this.#deps = deps;
  }

  issue({ accessKeyId, roleSession }: Caller): { readonly token: string; readonly expiresAt: Date } {
    const expiresAt = this.#deps.clock.now() + tokenLifeMs;
    const content: TokenContent = {
      accessKeyId,
      ...(roleSession === undefined ? {} : { session: roleSession }),
      expiresAt,
    };
    return { token: this.#deps.sealed.seal(JSON.stringify(content)), expiresAt: new Date(expiresAt) };
  }

  /** Whose token it is; undefined for one that is none, or whose identity is there no more. */
  open(token: string): Caller | "expired" | undefined {
    const { clock, credentials, keys } = this.#deps;
    const content = this.#read<TokenContent>(token);
    if (content?.accessKeyId === undefined) return undefined;
    if (content.expiresAt <= clock.now()) return "expired";
    if (content.session === undefined) return keys.lookupKey(content.accessKeyId)?.caller;
    const issued = credentials.issue(content.session);
    return keys.lookupKey(issued.accessKeyId, issued.sessionToken)?.caller;
  }

  /** A text that opens one blob of one repository for an hour, to whoever has it. */
  issueForBlob(blob: { readonly repository: string; readonly digest: string }): string {
    return this.#deps.sealed.seal(JSON.stringify({ blob, expiresAt: this.#deps.clock.now() + addressLifeMs }));
  }

  opensBlob(token: string, blob: { readonly repository: string; readonly digest: string }): boolean {
    const content = this.#read<{ readonly blob?: typeof blob; readonly expiresAt: number }>(token);
    return (
      content?.blob?.repository === blob.repository &&
      content.blob.digest === blob.digest &&
      content.expiresAt > this.#deps.clock.now()
    );
  }

  #read<T>(token: string): T | undefined {
    try {
      return JSON.parse(this.#deps.sealed.open(token)) as T;
    } catch {
      return undefined; // not sealed here
    }
  }
}
