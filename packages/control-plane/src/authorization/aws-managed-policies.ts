import { ecsFullAccess } from "./ecs-full-access.ts";
import { ecsServiceRole, ecsVolumes } from "./ecs-service-policies.ts";
import { type AwsManagedPolicy, allow, managedPolicies, passRole, policy } from "./managed-policy.ts";

export type { AwsManagedPolicy } from "./managed-policy.ts";

const pullImages = [
  "ecr:GetAuthorizationToken",
  "ecr:BatchCheckLayerAvailability",
  "ecr:GetDownloadUrlForLayer",
  "ecr:BatchGetImage",
];
const writeLogs = ["logs:CreateLogStream", "logs:PutLogEvents"];
const tagWhatIsMade = (...operations: readonly string[]) =>
  allow(["ecs:TagResource"], { Condition: { StringEquals: { "ecs:CreateAction": operations } } });
const toTasks = { StringLike: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } };

/**
 * The policies that AWS keeps for everybody, as far as users of ECS attach them, by ARN. Each has what its default version
 * allows; ReadOnlyAccess only for services that this house has or is to have. Source: AWS managed policy reference.
 */
export const awsManagedPolicies: ReadonlyMap<string, AwsManagedPolicy> = managedPolicies([
  policy("/service-role/AmazonECSTaskExecutionRolePolicy", {
    version: 1,
    since: "2017-11-16T18:48:22Z",
    description: "What a task's execution role needs: pulling images from ECR and writing logs.",
    statements: [allow([...pullImages, ...writeLogs])],
  }),
  policy("/service-role/AmazonEC2ContainerServiceforEC2Role", {
    version: 7,
    since: "2015-03-19T18:45:18Z",
    description: "What the ECS agent on a container instance needs.",
    statements: [
      allow([
        "ec2:DescribeTags",
        "ecs:CreateCluster",
        "ecs:DeregisterContainerInstance",
        "ecs:DiscoverPollEndpoint",
        "ecs:Poll",
        "ecs:RegisterContainerInstance",
        "ecs:StartTelemetrySession",
        "ecs:UpdateContainerInstancesState",
        "ecs:Submit*",
        ...pullImages,
        ...writeLogs,
      ]),
      tagWhatIsMade("CreateCluster", "RegisterContainerInstance"),
    ],
  }),
  policy("/service-role/AmazonEC2ContainerServiceEventsRole", {
    version: 3,
    since: "2017-05-30T16:51:35Z",
    description: "Lets EventBridge run tasks.",
    statements: [allow(["ecs:RunTask"]), passRole("*", toTasks), tagWhatIsMade("RunTask")],
  }),
  policy("/service-role/AmazonEC2ContainerServiceAutoscaleRole", {
    version: 2,
    since: "2016-05-12T23:25:44Z",
    description: "Lets Application Auto Scaling change services.",
    statements: [
      allow(["ecs:DescribeServices", "ecs:UpdateService"]),
      allow(["cloudwatch:DescribeAlarms", "cloudwatch:PutMetricAlarm"]),
    ],
  }),
  ecsVolumes,
  ecsServiceRole,
  ecsFullAccess,
  policy("/AmazonSSMManagedInstanceCore", {
    version: 2,
    since: "2019-03-15T17:22:12Z",
    description: "What the agent of Systems Manager on a machine needs.",
    statements: [
      allow(
        [
          ["DescribeAssociation", "GetDeployablePatchSnapshotForInstance", "GetDocument", "DescribeDocument"],
          ["GetManifest", "GetParameter", "GetParameters", "ListAssociations", "ListInstanceAssociations"],
          ["PutInventory", "PutComplianceItems", "PutConfigurePackageResult", "UpdateAssociationStatus"],
          ["UpdateInstanceAssociationStatus", "UpdateInstanceInformation"],
        ]
          .flat()
          .map((name) => `ssm:${name}`),
      ),
      allow(
        ["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"].map(
          (name) => `ssmmessages:${name}`,
        ),
      ),
      allow(
        ["AcknowledgeMessage", "DeleteMessage", "FailMessage", "GetEndpoint", "GetMessages", "SendReply"].map(
          (name) => `ec2messages:${name}`,
        ),
      ),
    ],
  }),
  policy("/AmazonSSMReadOnlyAccess", {
    version: 1,
    since: "2015-05-29T17:44:19Z",
    description: "Reading in Systems Manager.",
    statements: [allow(["ssm:Describe*", "ssm:Get*", "ssm:List*"])],
  }),
  policy("/AmazonEC2ContainerRegistryReadOnly", {
    version: 3,
    since: "2015-12-21T17:04:15Z",
    description: "Reading in ECR.",
    statements: [
      allow([
        ...pullImages,
        "ecr:GetRepositoryPolicy",
        "ecr:DescribeRepositories",
        "ecr:ListImages",
        "ecr:DescribeImages",
        "ecr:GetLifecyclePolicy",
        "ecr:GetLifecyclePolicyPreview",
        "ecr:ListTagsForResource",
        "ecr:DescribeImageScanFindings",
      ]),
    ],
  }),
  policy("/CloudWatchLogsFullAccess", {
    version: 3,
    since: "2015-02-06T18:40:02Z",
    description: "Everything in CloudWatch Logs.",
    statements: [allow(["logs:*", "cloudwatch:GenerateQuery", "cloudwatch:GenerateQueryResultsSummary"])],
  }),
  policy("/CloudWatchLogsReadOnlyAccess", {
    version: 6,
    since: "2015-02-06T18:40:03Z",
    description: "Reading in CloudWatch Logs.",
    statements: [
      allow([
        ...["Describe*", "Get*", "List*", "StartQuery", "StopQuery", "TestMetricFilter", "FilterLogEvents"].map(
          (name) => `logs:${name}`,
        ),
        "logs:StartLiveTail",
        "logs:StopLiveTail",
        "cloudwatch:GenerateQuery",
      ]),
    ],
  }),
  policy("/CloudWatchAgentServerPolicy", {
    version: 3,
    since: "2018-03-07T01:06:44Z",
    description: "What the CloudWatch agent on a server needs.",
    statements: [
      allow([
        "cloudwatch:PutMetricData",
        "ec2:DescribeVolumes",
        "ec2:DescribeTags",
        ...["PutLogEvents", "PutRetentionPolicy", "DescribeLogStreams", "DescribeLogGroups"].map(
          (name) => `logs:${name}`,
        ),
        "logs:CreateLogStream",
        "logs:CreateLogGroup",
        "xray:PutTraceSegments",
        "xray:PutTelemetryRecords",
        "xray:GetSamplingRules",
        "xray:GetSamplingTargets",
        "xray:GetSamplingStatisticSummaries",
      ]),
      allow(["ssm:GetParameter"], { Resource: "arn:aws:ssm:*:*:parameter/AmazonCloudWatch-*" }),
    ],
  }),
  policy("/AdministratorAccess", {
    version: 1,
    since: "2015-02-06T18:39:46Z",
    description: "Everything.",
    statements: [allow(["*"])],
  }),
  policy("/PowerUserAccess", {
    version: 12,
    since: "2015-02-06T18:39:47Z",
    description: "Everything but IAM.",
    statements: [
      { Effect: "Allow", NotAction: ["iam:*", "organizations:*", "account:*"], Resource: "*" },
      allow([
        "account:GetAccountInformation",
        "account:GetGovCloudAccountInformation",
        "account:GetPrimaryEmail",
        "account:ListRegions",
        "iam:CreateServiceLinkedRole",
        "iam:DeleteServiceLinkedRole",
        "iam:ListRoles",
        "organizations:DescribeEffectivePolicy",
        "organizations:DescribeOrganization",
      ]),
    ],
  }),
  policy("/ReadOnlyAccess", {
    version: 1,
    since: "2015-02-06T18:39:48Z",
    description: "Reading everywhere.",
    statements: [
      allow(
        [
          ["application-autoscaling:Describe*", "autoscaling:Describe*"],
          ["cloudwatch:Describe*", "cloudwatch:Get*", "cloudwatch:List*"],
          ["ec2:Describe*", "ec2:Get*"],
          ["ecr:BatchCheck*", "ecr:BatchGet*", "ecr:Describe*", "ecr:Get*", "ecr:List*"],
          ["ecs:Describe*", "ecs:List*"],
          ["elasticfilesystem:Describe*", "elasticloadbalancing:Describe*"],
          ["events:Describe*", "events:List*"],
          ["iam:Generate*", "iam:Get*", "iam:List*", "iam:Simulate*"],
          ["logs:Describe*", "logs:FilterLogEvents", "logs:Get*", "logs:ListTagsForResource", "logs:ListTagsLogGroup"],
          ["logs:StartQuery", "logs:StopQuery", "logs:TestMetricFilter"],
          ["secretsmanager:Describe*", "secretsmanager:GetResourcePolicy", "secretsmanager:List*"],
          ["servicediscovery:Get*", "servicediscovery:List*"],
          ["ssm:Describe*", "ssm:Get*", "ssm:List*"],
          ["sts:GetAccessKeyInfo", "sts:GetCallerIdentity", "sts:GetSessionToken"],
        ].flat(),
      ),
    ],
  }),
]);
