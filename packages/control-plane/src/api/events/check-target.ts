import { parseJsonPath } from "../../events/input/json-path.ts";
import { unknownNames } from "../../events/input/target-input.ts";
import { targetKindOf } from "../../events/targets/target-kind.ts";
import type { RuleTarget } from "../../model/event-rule.ts";
import { EventsError } from "./api-error.ts";

const invalid = (message: string) => new EventsError("ValidationException", message);

/** Parameters of targets that there are not here. */
const foreign = [
  "KinesisParameters",
  "RunCommandParameters",
  "BatchParameters",
  "SqsParameters",
  "RedshiftDataParameters",
  "SageMakerPipelineParameters",
  "AppSyncParameters",
] as const satisfies readonly (keyof RuleTarget)[];

/**
 * Refuses a target that could never be delivered to. Whether what it names exists is seen at delivery, as EventBridge does.
 * @throws EventsError ValidationException. Source: EventBridge API reference, Target.
 */
export function checkTarget(target: RuleTarget): void {
  const kind = targetKindOf(target.Arn);
  if (kind === undefined) {
    throw invalid(
      `Hatoba delivers events to log groups, API destinations and ECS clusters, and not to ${target.Arn} (target ${target.Id}).`,
    );
  }
  if (target.DeadLetterConfig !== undefined) throw invalid(`Hatoba has no dead-letter queues (target ${target.Id}).`);
  const unfit = foreign.find((member) => target[member] !== undefined);
  if (unfit !== undefined) throw invalid(`${unfit} does not go with a target of this type (target ${target.Id}).`);
  if (kind === "ecs" && target.EcsParameters === undefined) {
    throw invalid(`EcsParameters is required for target ${target.Arn}.`);
  }
  if (kind === "ecs" && target.RoleArn === undefined) throw invalid(`RoleArn is required for target ${target.Arn}.`);
  checkInput(target);
}

function checkInput({ Id, Input, InputPath, InputTransformer }: RuleTarget): void {
  if ([Input, InputPath, InputTransformer].filter((each) => each !== undefined).length > 1) {
    throw invalid(`Only one of Input, InputPath, or InputTransformer must be provided for target ${Id}.`);
  }
  if (Input !== undefined && !isJson(Input)) throw invalid(`JSON syntax error in input for target ${Id}.`);
  const paths = [
    ...(InputPath === undefined ? [] : [InputPath]),
    ...Object.values(InputTransformer?.InputPathsMap ?? {}),
  ];
  const bad = paths.find((path) => parseJsonPath(path) === undefined);
  if (bad !== undefined) throw invalid(`Invalid InputPath for target ${Id}: ${bad}`);
  const [unknown] = InputTransformer === undefined ? [] : unknownNames(InputTransformer);
  if (unknown !== undefined) throw invalid(`Invalid placeholder <${unknown}> in the input template of target ${Id}.`);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
