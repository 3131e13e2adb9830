import type { Tag } from "@aws-sdk/client-ecs";

export interface Vpc {
  readonly vpcId: string;
  readonly cidrBlock: string;
  readonly isDefault: boolean;
  readonly tags: readonly Tag[];
}

export interface Subnet {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly cidrBlock: string;
  /** As `us-east-1a`. */
  readonly availabilityZone: string;
  /** As `use1-az1`. */
  readonly availabilityZoneId: string;
  readonly defaultForAz: boolean;
  readonly tags: readonly Tag[];
}

export interface SecurityGroup {
  readonly groupId: string;
  readonly groupName: string;
  readonly description: string;
  readonly vpcId: string;
  readonly tags: readonly Tag[];
}

/**
 * An elastic network interface; keyed `SUBNET-ID/PRIVATE-ADDRESS`, so that an address cannot be given out twice.
 * Created when an awsvpc task is placed, deleted when it has stopped; a mount target of EFS has one too.
 */
export interface NetworkInterface {
  /** `eni-` and 17 hexadecimal digits. */
  readonly networkInterfaceId: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  readonly privateIpAddress: string;
  readonly macAddress: string;
  readonly securityGroups: readonly string[];
  readonly attachmentId: string;
  /** Empty if it is not a task's. */
  readonly taskArn: string;
  /** What it is for, if it is not a task's. */
  readonly description?: string;
  readonly createdAt: number;
}
