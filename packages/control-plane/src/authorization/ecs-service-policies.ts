import { type AwsManagedPolicy, allow, policy } from "./managed-policy.ts";

const of = (service: string, ...actions: readonly string[]) => actions.map((action) => `${service}:${action}`);

const madeByEcs = {
  ArnLike: { "aws:RequestTag/AmazonECSCreated": "arn:aws:ecs:*:*:task/*" },
  StringEquals: { "aws:RequestTag/AmazonECSManaged": "true" },
};
const volumes = { Resource: "arn:aws:ec2:*:*:volume/*" };

/** What ECS's infrastructure role needs to keep volumes for tasks. Source: AWS managed policy reference. */
export const ecsVolumes: AwsManagedPolicy = policy("/service-role/AmazonECSInfrastructureRolePolicyForVolumes", {
  version: 4,
  since: "2024-01-10T22:56:45Z",
  description: "Lets ECS manage EBS volumes of tasks.",
  statements: [
    allow(["ec2:CreateVolume"], { ...volumes, Condition: madeByEcs }),
    allow(["ec2:CreateVolume"], { Resource: "arn:aws:ec2:*:*:snapshot/*" }),
    allow(["ec2:CreateTags"], {
      ...volumes,
      Condition: { ...madeByEcs, StringEquals: { ...madeByEcs.StringEquals, "ec2:CreateAction": "CreateVolume" } },
    }),
    allow(of("ec2", "DescribeVolumes", "DescribeAvailabilityZones", "DescribeInstances")),
    allow(of("ec2", "AttachVolume", "DetachVolume"), {
      ...volumes,
      Condition: { StringEquals: { "aws:ResourceTag/AmazonECSManaged": "true" } },
    }),
    allow(of("ec2", "AttachVolume", "DetachVolume"), { Resource: "arn:aws:ec2:*:*:instance/*" }),
    allow(["ec2:DeleteVolume"], {
      ...volumes,
      Condition: {
        ArnLike: { "aws:ResourceTag/AmazonECSCreated": "arn:aws:ecs:*:*:task/*" },
        StringEquals: { "aws:ResourceTag/AmazonECSManaged": "true" },
      },
    }),
  ],
});

/** What the role has that ECS makes for itself. Source: AWS managed policy reference. */
export const ecsServiceRole: AwsManagedPolicy = policy("/aws-service-role/AmazonECSServiceRolePolicy", {
  version: 13,
  since: "2017-10-14T01:18:58Z",
  description: "Lets ECS keep clusters.",
  statements: [
    allow([
      ...of("ec2", "AttachNetworkInterface", "AssociateTrunkInterface", "CreateNetworkInterface"),
      ...of("ec2", "CreateNetworkInterfacePermission", "DeleteNetworkInterface", "DeleteNetworkInterfacePermission"),
      ...of("ec2", "Describe*", "DetachNetworkInterface", "DisassociateTrunkInterface"),
      ...of("elasticloadbalancing", "DeregisterInstancesFromLoadBalancer", "DeregisterTargets", "Describe*"),
      ...of("elasticloadbalancing", "RegisterInstancesWithLoadBalancer", "RegisterTargets"),
      ...of("route53", "ChangeResourceRecordSets", "CreateHealthCheck", "DeleteHealthCheck", "Get*", "List*"),
      "route53:UpdateHealthCheck",
      ...of("servicediscovery", "DeregisterInstance", "Get*", "List*", "RegisterInstance"),
      "servicediscovery:UpdateInstanceCustomHealthStatus",
    ]),
    allow(["autoscaling:Describe*"]),
    allow(
      [
        ...of("autoscaling", "DeletePolicy", "PutScalingPolicy", "SetInstanceProtection", "UpdateAutoScalingGroup"),
        ...of("autoscaling", "PutLifecycleHook", "DeleteLifecycleHook", "CompleteLifecycleAction"),
        "autoscaling:RecordLifecycleActionHeartbeat",
      ],
      { Condition: { Null: { "autoscaling:ResourceTag/AmazonECSManaged": "false" } } },
    ),
    allow(["events:DescribeRule", "events:ListTargetsByRule"], { Resource: "arn:aws:events:*:*:rule/ecs-managed-*" }),
    allow(["events:PutRule", "events:PutTargets"], {
      Condition: { StringEquals: { "events:ManagedBy": "ecs.amazonaws.com" } },
    }),
    allow(of("cloudwatch", "DeleteAlarms", "DescribeAlarms", "PutMetricAlarm"), {
      Resource: "arn:aws:cloudwatch:*:*:alarm:*",
    }),
    allow(["ec2:CreateTags"], { Resource: "arn:aws:ec2:*:*:network-interface/*" }),
    allow(of("logs", "CreateLogGroup", "DescribeLogGroups", "PutRetentionPolicy"), {
      Resource: "arn:aws:logs:*:*:log-group:/aws/ecs/*",
    }),
    allow(of("logs", "CreateLogStream", "DescribeLogStreams", "PutLogEvents"), {
      Resource: "arn:aws:logs:*:*:log-group:/aws/ecs/*:log-stream:*",
    }),
    allow(["ssm:DescribeSessions"]),
    allow(["ssm:StartSession"], {
      Resource: ["arn:aws:ecs:*:*:task/*", "arn:aws:ssm:*:*:document/AmazonECS-ExecuteInteractiveCommand"],
    }),
  ],
});
