import type {
  DaemonTaskDefinitionStatus,
  RegisterDaemonTaskDefinitionRequest,
  RegisterTaskDefinitionRequest,
  Tag,
  TaskDefinitionStatus,
} from "@aws-sdk/client-ecs";

/**
 * One revision of a family; keyed by its ARN. What the caller registered is kept as ECS shapes it, with ECS's defaults
 * filled in, so that every member comes back; what ECS adds stands beside it.
 */
export interface TaskDefinition {
  readonly family: string;
  readonly revision: number;
  /** DAEMON: only daemons run it, and it is a task definition to nobody else; its own status is in `daemon`. */
  readonly status: TaskDefinitionStatus | "DAEMON";
  readonly registered: Omit<RegisterTaskDefinitionRequest, "family" | "tags">;
  /** Launch types it may run on, as found by validation. */
  readonly compatibilities: readonly ("EC2" | "FARGATE" | "EXTERNAL")[];
  /** What a container instance must have to run it. */
  readonly requiresAttributes: readonly { readonly name: string; readonly value?: string }[];
  readonly registeredBy: string;
  /** Epoch milliseconds. */
  readonly registeredAt: number;
  readonly deregisteredAt?: number;
  readonly deleteRequestedAt?: number;
  /** Of a daemon task definition, as it was registered; what its containers are made of is in `registered` all the same. */
  readonly daemon?: {
    readonly status: Exclude<DaemonTaskDefinitionStatus, "DELETED">;
    readonly registered: Omit<RegisterDaemonTaskDefinitionRequest, "family" | "tags">;
  };
  readonly tags: readonly Tag[];
}

/** The newest revision number ever given out in a family; keyed `family/NAME`. Numbers are never used again. */
export interface TaskDefinitionFamily {
  readonly family: string;
  readonly lastRevision: number;
}
