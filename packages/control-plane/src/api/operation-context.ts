import type { RoleSession } from "../credentials/temporary-credentials.ts";
import type { Clock } from "../platform/clock.ts";
import type { IdSource } from "../platform/ids.ts";
import type { Logger } from "../platform/logger.ts";
import type { Settings } from "../settings.ts";
import type { Store } from "../store/store.ts";

/** Who calls: found by the front door from the request's signature. */
export interface Caller {
  readonly accountId: string;
  readonly region: string;
  /** As `arn:aws:iam::000000000000:root`. */
  readonly arn: string;
  readonly userId: string;
  readonly accessKeyId: string;
  /** The session of a role that calls; absent for the account's root, who may do everything. */
  readonly roleSession?: RoleSession;
  /** The machine that calls with its own key, which opens what an agent does and no more; `revoked` ones open nothing. */
  readonly machine?: { readonly instanceId: string; readonly revoked: boolean };
}

/** What an operation of any service may use. */
export interface OperationContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly settings: Settings;
  readonly logger: Logger;
  readonly caller: Caller;
  /** The scheme, host and port under which the caller reached this server, as `http://127.0.0.1:4577`. */
  readonly endpoint: string;
  /** The same, whatever agents are told to connect to; `endpoint` if absent. */
  readonly calledEndpoint?: string;
  readonly requestId: string;
  /** The address that the request came from; of the nearest proxy if there is one between. */
  readonly remoteAddress?: string;
  /** What the caller says it is. */
  readonly userAgent?: string;
  /** Stands for the connection that the call came over: the same object for all calls of one. */
  readonly connection?: object;
}
