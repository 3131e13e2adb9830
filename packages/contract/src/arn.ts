/** Where a resource lives: the account and region that its ARN names. */
export interface Place {
  /** Twelve digits. */
  readonly accountId: string;
  /** As in `us-east-1`. */
  readonly region: string;
}

const ecsArn = ({ region, accountId }: Place, resource: string) => `arn:aws:ecs:${region}:${accountId}:${resource}`;

export const clusterArn = (place: Place, name: string): string => ecsArn(place, `cluster/${name}`);
export const taskDefinitionArn = (place: Place, family: string, revision: number): string =>
  ecsArn(place, `task-definition/${family}:${revision}`);
/** Long form, with the cluster in it. */
export const taskArn = (place: Place, cluster: string, id: string): string => ecsArn(place, `task/${cluster}/${id}`);
/** Long form, with the cluster in it. */
export const serviceArn = (place: Place, cluster: string, name: string): string =>
  ecsArn(place, `service/${cluster}/${name}`);
/** With cluster and service in it; the id is `ecs-svc/NUMBER`. */
export const taskSetArn = (place: Place, cluster: string, service: string, id: string): string =>
  ecsArn(place, `task-set/${cluster}/${service}/${id}`);
/** Long form, with the cluster in it. */
export const containerInstanceArn = (place: Place, cluster: string, id: string): string =>
  ecsArn(place, `container-instance/${cluster}/${id}`);
/** `container/cluster/task-id/container-id`. */
export const containerArn = (place: Place, cluster: string, taskId: string, id: string): string =>
  ecsArn(place, `container/${cluster}/${taskId}/${id}`);
export const attachmentArn = (place: Place, cluster: string, id: string): string =>
  ecsArn(place, `attachment/${cluster}/${id}`);

export const capacityProviderArn = (place: Place, name: string): string => ecsArn(place, `capacity-provider/${name}`);

/** With its cluster. */
export const daemonArn = (place: Place, cluster: string, name: string): string =>
  ecsArn(place, `daemon/${cluster}/${name}`);
export const daemonTaskDefinitionArn = (place: Place, family: string, revision: number): string =>
  ecsArn(place, `daemon-task-definition/${family}:${revision}`);

/** The parts of an ARN; `resource` is everything behind the fifth colon. */
export interface ArnParts extends Place {
  readonly partition: string;
  readonly service: string;
  readonly resource: string;
}

/** Splits an ARN, or says undefined for a string that is none. */
export function parseArn(text: string): ArnParts | undefined {
  if (!text.startsWith("arn:")) return undefined;
  const ends: number[] = [];
  for (let end = 3; end >= 0 && ends.length < 5; end = text.indexOf(":", end + 1)) ends.push(end);
  const [first = 0, second = 0, third = 0, fourth = 0, fifth = text.length] = ends;
  const partition = text.slice(first + 1, second);
  const service = text.slice(second + 1, third);
  const resource = text.slice(fifth + 1);
  if (partition === "" || service === "" || resource === "") return undefined;
  return {
    partition,
    service,
    region: text.slice(third + 1, fourth),
    accountId: text.slice(fourth + 1, fifth),
    resource,
  };
}

/** The last segment of an ARN, or of a path: the id or name. A bare name is returned as it is. */
export const lastSegment = (arnOrName: string): string => arnOrName.slice(arnOrName.lastIndexOf("/") + 1);
