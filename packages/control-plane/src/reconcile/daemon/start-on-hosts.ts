import { lastSegment } from "@hatoba/contract";
import { daemonGroup } from "../../model/daemon.ts";
import { newTask, type TaskWish } from "../../model/new-task.ts";
import { type PlacedTask, placementWrites } from "../../placement/commit-placement.ts";
import { PlacementSession, requestFor } from "../../placement/placement-session.ts";
import type { Stored, Write } from "../../store/store.ts";
import type { DaemonPassContext } from "./daemon-pass.ts";
import { type DaemonView, providersOf } from "./daemon-view.ts";

/** So many in one commit, so that it keeps nobody waiting for long. */
const startsPerPass = 500;

/** A new task of the daemon's revision on each of some container instances, as far as they have room. */
export function startOnHosts(
  view: DaemonView,
  hostArns: readonly string[],
  { ids, settings, now }: DaemonPassContext,
): { readonly writes: readonly Write[]; readonly isShort: boolean } {
  const { snapshot, revision } = view;
  const definition = snapshot.get("taskDefinition", revision.value.daemonTaskDefinitionArn);
  if (definition === undefined || hostArns.length === 0) return { writes: [], isShort: false };
  const session = new PlacementSession(snapshot);
  const placed: PlacedTask[] = [];
  let without = 0;
  for (const hostArn of hostArns) {
    if (placed.length === startsPerPass) break; // these are seen by the next pass, and the rest have their turn
    const instance = snapshot.get("containerInstance", hostArn);
    if (instance === undefined) continue;
    const wish = wishFor(view, { definition, instance, now, place: settings });
    const task = newTask(wish, () => ids.hex(32));
    const [placement] = session.placeOn(requestFor(task.value, definition.value), instance).placements;
    if (placement === undefined) without += 1;
    else placed.push({ ...task, expected: 0, placement });
  }
  return {
    writes: placementWrites(placed, { snapshot, place: settings, now, ids }),
    isShort: without > 0,
  };
}

function wishFor(
  { snapshot, stored, revision }: DaemonView,
  {
    definition,
    instance,
    ...given
  }: {
    readonly definition: Stored<"taskDefinition">;
    readonly instance: Stored<"containerInstance">;
    readonly now: number;
    readonly place: TaskWish["place"];
  },
): TaskWish {
  const { daemonName, clusterArn, tags } = stored.value;
  const { propagateTags, enableECSManagedTags, enableExecuteCommand } = revision.value;
  const provider = providersOf(snapshot, revision.value)(instance.value);
  const managed = [
    { key: "aws:ecs:clusterName", value: lastSegment(clusterArn) },
    { key: "aws:ecs:daemonName", value: daemonName },
  ];
  return {
    place: given.place,
    clusterArn,
    taskDefinitionArn: definition.arn,
    taskDefinition: definition.value,
    launchType: "EC2",
    ...(provider === undefined ? {} : { capacityProviderName: provider.value.name }),
    group: daemonGroup(daemonName),
    startedBy: daemonGroup(daemonName),
    deploymentId: revision.arn,
    enableExecuteCommand,
    tags: [...(propagateTags === "DAEMON" ? tags : []), ...(enableECSManagedTags ? managed : [])],
    createdAt: given.now,
  };
}
