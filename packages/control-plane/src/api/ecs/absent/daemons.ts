import type * as sdk from "@aws-sdk/client-ecs";
import { EcsError } from "../api-error.ts";
import type { Operation } from "../operation.ts";
import { requireCluster, requireList, requireParameter } from "../require.ts";

// Daemons are for the capacity providers of ECS Managed Instances, which a house never has; so there are none, and these
// operations say so as ECS does of any that is not there. A DAEMON service is one task per container instance on any capacity.

/** Why none can be made. Source: ECS API reference, CreateDaemon. */
export const whyNoDaemons =
  "Daemons run on the capacity providers of ECS Managed Instances alone, which Hatoba does not have. A service with the scheduling strategy DAEMON puts one task on each container instance.";

const mostDescribed = 20;

const missing = (arns: readonly string[] | undefined, name: string): sdk.Failure[] =>
  requireList(arns, name, mostDescribed).map((arn) => ({ arn, reason: "MISSING" }));

/** @throws EcsError DaemonNotFoundException */
function noDaemon(arn: string | undefined): never {
  requireParameter(arn, "daemonArn");
  throw new EcsError("DaemonNotFoundException", "The specified daemon was not found.");
}

/** @throws EcsError ClientException */
function noTaskDefinition(name: string | undefined): never {
  requireParameter(name, "daemonTaskDefinition");
  throw new EcsError("ClientException", "The specified daemon task definition was not found.");
}

export const describeDaemon: Operation<"DescribeDaemon"> = async ({ daemonArn }) => noDaemon(daemonArn);
export const updateDaemon: Operation<"UpdateDaemon"> = async ({ daemonArn }) => noDaemon(daemonArn);
export const deleteDaemon: Operation<"DeleteDaemon"> = async ({ daemonArn }) => noDaemon(daemonArn);

export const listDaemons: Operation<"ListDaemons"> = async (input, { store, caller }) => {
  requireCluster(store.snapshot(), input.clusterArn, caller);
  return { daemonSummariesList: [] };
};

export const listDaemonDeployments: Operation<"ListDaemonDeployments"> = async (input) => {
  requireParameter(input.daemonArn, "daemonArn");
  return { daemonDeployments: [] };
};

export const describeDaemonDeployments: Operation<"DescribeDaemonDeployments"> = async (input) => ({
  daemonDeployments: [],
  failures: missing(input.daemonDeploymentArns, "daemonDeploymentArns"),
});

export const describeDaemonRevisions: Operation<"DescribeDaemonRevisions"> = async (input) => ({
  daemonRevisions: [],
  failures: missing(input.daemonRevisionArns, "daemonRevisionArns"),
});

export const listDaemonTaskDefinitions: Operation<"ListDaemonTaskDefinitions"> = async () => ({
  daemonTaskDefinitions: [],
});

export const describeDaemonTaskDefinition: Operation<"DescribeDaemonTaskDefinition"> = async (input) =>
  noTaskDefinition(input.daemonTaskDefinition);
export const deleteDaemonTaskDefinition: Operation<"DeleteDaemonTaskDefinition"> = async (input) =>
  noTaskDefinition(input.daemonTaskDefinition);
