import type { Tag } from "@aws-sdk/client-ssm";

/** A leave to join machines, as stored; keyed `activation/ID`. The code itself is nowhere: it is shown once, when it is made. */
export interface Activation {
  /** A UUID. */
  readonly activationId: string;
  /** SHA-256 of the code, in hexadecimal. The code is random and long, so that nothing slower is needed. */
  readonly codeHash: string;
  readonly iamRole: string;
  readonly description?: string;
  /** The name of the machines that join by it. */
  readonly defaultInstanceName?: string;
  /** How many machines may join, and how many have. */
  readonly registrationLimit: number;
  readonly registrationsCount: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly tags: readonly Tag[];
}

/** The key of an activation. */
export const activationKey = (activationId: string): string => `activation/${activationId}`;
