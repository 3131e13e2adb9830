import { describe, expect, test } from "vitest";
import { exampleContainer } from "../../../model/examples.ts";
import type { Container } from "../../../model/task.ts";
import { stopCause } from "./stop-cause.ts";

// Every row of the agent protocol's section 5.11: what agents say, and what ECS makes of it.
const essentialExited = { stopCode: "EssentialContainerExited", stoppedReason: "Essential container in task exited" };
const failedToStart = (stoppedReason: string) => ({ stopCode: "TaskFailedToStart", stoppedReason });
const ofContainer = (of: Partial<Container>, ...others: readonly Partial<Container>[]) =>
  [of, ...others].map((each) => exampleContainer({ lastStatus: "STOPPED", ...each }));

describe("a container's reason is the task's, if the task never ran:", () => {
  test.each([
    "CannotPullContainerError: pull access denied for nowhere/x",
    "CannotPullContainerError: pull image manifest has been retried 5 time(s): not found",
    "CannotPullImageManifestError: no such host",
    "CannotPullECRContainerError: AccessDeniedException",
    "CannotPullContainerAuthError: secret not found",
    "CannotCreateContainerError: Error response from daemon: invalid mount",
    'CannotStartContainerError: OCI runtime create failed: exec: "/nope": no such file or directory',
    "CannotStartContainerError: dependency graph: container ordering dependency [a] for target [b] has timed out.",
    "CannotStopContainerError: timeout",
    "CannotInspectContainerError: timeout",
    "CannotDescribeContainerError: timeout",
    "CannotListContainersError: timeout",
    "CannotRemoveContainerError: timeout",
    "NoSuchContainerError: gone",
    "CannotCreateVolumeError: no space",
    "CannotInspectVolumeError: no such volume",
    "CannotRemoveVolumeError: in use",
    "DockerTimeoutError: Could not transition to started; timed out after waiting 3m0s",
    "DockerStateError: container process not found",
    "DockerClientConfigError: docker health check is nil while container health check type is DOCKER",
    "HostConfigError: Invalid volume referenced: missing",
    "ContainerNetworkingError: failed to setup network",
    "ContainerVanishedError: No container matching saved ID found",
    "TaskStoppedBeforePullBeginError: Task stopped before image pull could begin for task",
    "TaskDependencyError: x",
    "ImpossibleStateTransitionError: x",
    "CannotGetDockerclientError: x",
    "CannotGetDockerClientVersionError: x",
    "UnrecognizedTransportProtocol: sctp",
    "UnparsablePort: x",
  ])("%s", (reason) => {
    expect(stopCause(false, undefined, ofContainer({ reason }))).toEqual(failedToStart(reason));
    // Once it has run, the container still says it, and the task says that it ended with it.
    expect(stopCause(true, undefined, ofContainer({ reason, exitCode: 137 }))).toEqual(essentialExited);
  });
});

describe("what a task needed and did not get is a ResourceInitializationError:", () => {
  test.each([
    "resource cannot be initialized for task arn:x: initialize volume: volume detection failed",
    "CgroupError: Agent could not create task's platform resources",
    "VolumeError: Agent could not create task's volume resources",
    "Fetching secret data from SSM Parameter Store in us-east-1: invalid parameters: x",
    "Unable to create SSM client in us-east-1: x",
    "ResourceNotFoundException: The task can't retrieve the secret with ARN 'x' from AWS Secrets Manager.",
    "Trying to retrieve secret with value x resulted in error: y",
    "Retrieved secret from Secrets Manager did not contain json key k",
    "Secret x: not found",
    "Unable to initialize s3 client for bucket b, error: x",
    "Unable to download env file with key k from bucket b, error: x",
    "Unable to parse bucket and key from s3 ARN specified in environmentFile x",
    "Unable to generate firelens config file: x",
    "Unable to download s3 config k from bucket b: x",
    "Unable to initialize resource directory /x",
    "asm secret resource: unable to find execution role credentials",
  ])("%s", (reason) => {
    expect(stopCause(false, reason, ofContainer({}))).toEqual(failedToStart(`ResourceInitializationError: ${reason}`));
  });

  test("and is called so once", () => {
    const reason = "ResourceInitializationError: unable to pull secrets";
    expect(stopCause(false, reason, [])).toEqual(failedToStart(reason));
  });
});

describe("any other reason of the task stands as it is:", () => {
  test.each([
    "UnrecogniedTaskError: Error loading task - invalid volume: empty volume configuration",
    "Task dependencies cannot be resolved, taskArn: arn:x",
    "TaskStateError: Agent could not progress task's state to stopped",
  ])("%s", (reason) => {
    expect(stopCause(false, reason, ofContainer({ reason: "another" }))).toEqual(failedToStart(reason));
  });
});

describe("without a word", () => {
  test.each<[string, boolean, readonly Container[], object]>([
    ["a task that ran has ended with an essential container", true, ofContainer({ exitCode: 0 }), essentialExited],
    ["also one that ended before it was seen", false, ofContainer({ exitCode: 1 }), essentialExited],
    [
      "or was killed for memory",
      false,
      ofContainer({ exitCode: 137, reason: "OutOfMemoryError: Container killed due to memory usage" }),
      essentialExited,
    ],
    [
      "a task whose containers did nothing failed to start",
      false,
      ofContainer({}),
      failedToStart("Task failed to start"),
    ],
    [
      "an essential container's reason goes before another's",
      false,
      ofContainer({ name: "side", essential: false, reason: "side's" }, { reason: "app's" }),
      failedToStart("app's"),
    ],
    [
      "another's is better than none",
      false,
      ofContainer({ name: "side", essential: false, reason: "side's" }, {}),
      failedToStart("side's"),
    ],
  ])("%s", (_what, wasRunning, containers, expected) => {
    expect(stopCause(wasRunning, undefined, containers)).toEqual(expected);
  });
});
