import type { Tag } from "@aws-sdk/client-ssm";

/** What a machine says of itself when it joins; nothing depends on it. */
export interface MachineProfile {
  readonly computerName?: string;
  readonly ipAddress?: string;
  readonly platformType?: "Linux" | "Windows" | "MacOS";
  readonly platformName?: string;
  readonly platformVersion?: string;
}

/**
 * A machine that joined by an activation; keyed `managed-instance/mi-…`. Its container instance, if it has registered one,
 * has the id as `ec2InstanceId`. It has an access key of its own, whose secret follows from the house's key and `keySalt`:
 * the store holds none in clear.
 */
export interface ManagedInstance extends MachineProfile {
  /** `mi-` and 17 hexadecimal digits. */
  readonly instanceId: string;
  readonly activationId: string;
  readonly iamRole: string;
  readonly name?: string;
  readonly accessKeyId: string;
  readonly keySalt: string;
  /** The secret of its key, sealed, once the house's key has changed since it joined. Written by the change of keys. */
  readonly sealedSecret?: string;
  /** Epoch milliseconds. */
  readonly registeredAt: number;
  /** Epoch milliseconds since when its key opens nothing any more; a machine that was deregistered does not come back. */
  readonly revokedAt?: number;
  readonly tags: readonly Tag[];
}

/** The key of a managed instance. */
export const managedInstanceKey = (instanceId: string): string => `managed-instance/${instanceId}`;
