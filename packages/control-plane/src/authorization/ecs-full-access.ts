import { type AwsManagedPolicy, allow, passRole, policy } from "./managed-policy.ts";

const of = (service: string, ...actions: readonly string[]) => actions.map((action) => `${service}:${action}`);

/** AmazonECS_FullAccess. Source: AWS managed policy reference. */
export const ecsFullAccess: AwsManagedPolicy = policy("/AmazonECS_FullAccess", {
  version: 20,
  since: "2017-11-07T21:36:54Z",
  description: "Everything in ECS, and what goes with it.",
  statements: [
    allow([
      ...of("application-autoscaling", "DeleteScalingPolicy", "DeregisterScalableTarget", "DescribeScalableTargets"),
      ...of("application-autoscaling", "DescribeScalingActivities", "DescribeScalingPolicies", "PutScalingPolicy"),
      ...of("application-autoscaling", "RegisterScalableTarget"),
      ...of("appmesh", "DescribeVirtualGateway", "DescribeVirtualNode", "ListMeshes", "ListVirtualGateways"),
      ...of("appmesh", "ListVirtualNodes"),
      ...of("autoscaling", "CreateAutoScalingGroup", "CreateLaunchConfiguration", "DeleteAutoScalingGroup"),
      ...of("autoscaling", "DeleteLaunchConfiguration", "Describe*", "UpdateAutoScalingGroup"),
      ...of("cloudformation", "CreateStack", "DeleteStack", "DescribeStack*", "UpdateStack"),
      ...of("cloudwatch", "DeleteAlarms", "DescribeAlarms", "GetMetricStatistics", "PutMetricAlarm"),
      ...of("codedeploy", "BatchGetApplicationRevisions", "BatchGetApplications", "BatchGetDeploymentGroups"),
      ...of("codedeploy", "BatchGetDeployments", "ContinueDeployment", "CreateApplication", "CreateDeployment"),
      ...of("codedeploy", "CreateDeploymentGroup", "GetApplication", "GetApplicationRevision", "GetDeployment"),
      ...of("codedeploy", "GetDeploymentConfig", "GetDeploymentGroup", "GetDeploymentTarget"),
      ...of("codedeploy", "ListApplicationRevisions", "ListApplications", "ListDeploymentConfigs"),
      ...of("codedeploy", "ListDeploymentGroups", "ListDeployments", "ListDeploymentTargets"),
      ...of("codedeploy", "RegisterApplicationRevision", "StopDeployment"),
      ...of("ec2", "AssociateRouteTable", "AttachInternetGateway", "AuthorizeSecurityGroupIngress"),
      ...of("ec2", "CancelSpotFleetRequests", "CreateInternetGateway", "CreateLaunchTemplate", "CreateRoute"),
      ...of("ec2", "CreateRouteTable", "CreateSecurityGroup", "CreateSubnet", "CreateVpc", "DeleteLaunchTemplate"),
      ...of("ec2", "DeleteSubnet", "DeleteVpc", "Describe*", "DetachInternetGateway", "DisassociateRouteTable"),
      ...of("ec2", "ModifySubnetAttribute", "ModifyVpcAttribute", "RequestSpotFleet", "RunInstances"),
      "ecs:*",
      ...of("elasticfilesystem", "DescribeAccessPoints", "DescribeFileSystems"),
      ...of("elasticloadbalancing", "CreateListener", "CreateLoadBalancer", "CreateRule", "CreateTargetGroup"),
      ...of("elasticloadbalancing", "DeleteListener", "DeleteLoadBalancer", "DeleteRule", "DeleteTargetGroup"),
      ...of("elasticloadbalancing", "DescribeListeners", "DescribeLoadBalancers", "DescribeRules"),
      ...of("elasticloadbalancing", "DescribeTargetGroups"),
      ...of("events", "DeleteRule", "DescribeRule", "ListRuleNamesByTarget", "ListTargetsByRule", "PutRule"),
      ...of("events", "PutTargets", "RemoveTargets"),
      "fsx:DescribeFileSystems",
      ...of("iam", "ListAttachedRolePolicies", "ListInstanceProfiles", "ListRoles"),
      "lambda:ListFunctions",
      ...of("logs", "CreateLogGroup", "DescribeLogGroups", "FilterLogEvents"),
      ...of("route53", "CreateHostedZone", "DeleteHostedZone", "GetHealthCheck", "GetHostedZone"),
      "route53:ListHostedZonesByName",
      ...of("servicediscovery", "CreatePrivateDnsNamespace", "CreateService", "DeleteService", "GetNamespace"),
      ...of("servicediscovery", "GetOperation", "GetService", "ListNamespaces", "ListServices", "UpdateService"),
      "sns:ListTopics",
    ]),
    allow(of("ssm", "GetParameter", "GetParameters", "GetParametersByPath"), {
      Resource: "arn:aws:ssm:*:*:parameter/aws/service/ecs*",
    }),
    allow(of("ec2", "DeleteInternetGateway", "DeleteRoute", "DeleteRouteTable", "DeleteSecurityGroup"), {
      Condition: { StringLike: { "ec2:ResourceTag/aws:cloudformation:stack-name": "EC2ContainerService-*" } },
    }),
    passRole("*", { StringLike: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } }),
    passRole("arn:aws:iam::*:role/ecsInstanceRole*", {
      StringLike: { "iam:PassedToService": ["ec2.amazonaws.com", "ec2.amazonaws.com.cn"] },
    }),
    passRole("arn:aws:iam::*:role/ecsAutoscaleRole*", {
      StringLike: {
        "iam:PassedToService": ["application-autoscaling.amazonaws.com", "application-autoscaling.amazonaws.com.cn"],
      },
    }),
    allow(["iam:CreateServiceLinkedRole"], {
      Condition: {
        StringLike: {
          "iam:AWSServiceName": ["autoscaling", "ecs", "ecs.application-autoscaling", "spot", "spotfleet"].map(
            (name) => `${name}.amazonaws.com`,
          ),
        },
      },
    }),
    allow(["elasticloadbalancing:AddTags"], {
      Condition: {
        StringEquals: {
          "elasticloadbalancing:CreateAction": [
            "CreateTargetGroup",
            "CreateRule",
            "CreateListener",
            "CreateLoadBalancer",
          ],
        },
      },
    }),
  ],
});
