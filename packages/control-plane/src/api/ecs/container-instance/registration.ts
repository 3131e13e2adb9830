import type { Attribute } from "@aws-sdk/client-ecs";
import type { ContainerInstance } from "../../../model/container-instance.ts";
import { EcsError } from "../api-error.ts";
import type { Input } from "../operation.ts";
import { readCapacity } from "./capacity.ts";
import { type InstanceIdentity, readIdentity } from "./instance-identity.ts";

const invalid = (message: string) => new EcsError("InvalidParameterException", message);

/** What an agent says of its machine, checked, and with what the server adds to it. */
export type Registration = Pick<
  ContainerInstance,
  "capacity" | "availabilityZone" | "registered" | "attributes" | "ec2InstanceId" | "versionInfo"
>;

/**
 * Reads a registration. The zone is the one the agent names, else that of its EC2 identity document, else the first.
 * @throws EcsError InvalidParameterException for resources, attributes or an identity document that cannot be.
 */
export function readRegistration(input: Input<"RegisterContainerInstance">, zones: readonly string[]): Registration {
  const identity = readIdentity(input.instanceIdentityDocument);
  const given = requireAttributes(input.attributes ?? []);
  const valueOf = (name: string) => given.find((attribute) => attribute.name === name)?.value;
  const availabilityZone = valueOf("ecs.availability-zone") ?? identity?.availabilityZone ?? zones[0] ?? "";
  const added = serverAttributes(availabilityZone, identity).filter(({ name }) => valueOf(name) === undefined);
  return {
    capacity: capacityOf(given),
    availabilityZone,
    registered: readCapacity(input.totalResources ?? [], input.platformDevices ?? []),
    attributes: [...given, ...added],
    ...(identity?.instanceId === undefined ? {} : { ec2InstanceId: identity.instanceId }),
    ...(input.versionInfo === undefined ? {} : { versionInfo: input.versionInfo }),
  };
}

/** Where Hatoba's own agent says what its machine is for; without it the genuine agent's capability decides. */
function capacityOf(attributes: readonly Attribute[]): ContainerInstance["capacity"] {
  const stated = attributes.find(({ name }) => name === "hatoba.capacity")?.value;
  switch (stated) {
    case "EC2":
    case "EXTERNAL":
    case "FARGATE":
      return stated;
    case undefined:
      return attributes.some(({ name }) => name === "ecs.capability.external") ? "EXTERNAL" : "EC2";
    default:
      throw invalid(`hatoba.capacity should be one of [EC2,EXTERNAL,FARGATE], but was ${stated}`);
  }
}

// Source: shared protocol notes, "Attributes and capabilities": those that the server adds.
function serverAttributes(availabilityZone: string, identity: InstanceIdentity | undefined): readonly NamedAttribute[] {
  const added: readonly (readonly [string, string | undefined])[] = [
    ["ecs.availability-zone", availabilityZone],
    ["ecs.ami-id", identity?.imageId],
    ["ecs.instance-type", identity?.instanceType],
    ["ecs.cpu-architecture", identity?.architecture],
  ];
  return added.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
}

type NamedAttribute = Attribute & { readonly name: string };
const namePattern = /^[a-zA-Z0-9\-_./\\]{1,128}$/;
const valuePattern = /^(?! )[a-zA-Z0-9\-_./@:\\ ]{0,128}(?<! )$/;

/**
 * Attributes with names and values as ECS allows them, each name once; the last value of a name given twice holds.
 * @throws EcsError InvalidParameterException. Source: ECS API reference, Attribute.
 */
export function requireAttributes(attributes: readonly Attribute[]): NamedAttribute[] {
  const byName = new Map<string, NamedAttribute>();
  for (const { name, value } of attributes) {
    if (name === undefined || !namePattern.test(name)) throw invalid(`Invalid attribute name: ${name ?? ""}`);
    if (value !== undefined && !valuePattern.test(value)) throw invalid(`Invalid value of attribute ${name}: ${value}`);
    byName.set(name, value === undefined ? { name } : { name, value });
  }
  return [...byName.values()];
}

/** Whether somebody chose this attribute, rather than an agent or the server. */
export const isCustomAttribute = (name: string): boolean => !/^(ecs|com\.amazonaws\.ecs|hatoba)\./.test(name);

/**
 * The registration of a machine that is known already. Custom attributes that are not sent again stay, as agents send
 * them only the first time. @throws EcsError when it has become another kind of machine, or is deregistered.
 */
export function registerAgain(known: ContainerInstance, arn: string, again: Registration): ContainerInstance {
  if (known.status === "INACTIVE") throw new EcsError("ClientException", `Container instance ${arn} is inactive.`);
  const typeOf = (attributes: readonly Attribute[]) =>
    attributes.find(({ name }) => name === "ecs.instance-type")?.value;
  if (known.capacity !== again.capacity || typeOf(known.attributes) !== typeOf(again.attributes)) {
    throw invalid("Container instance type changes are not supported.");
  }
  const kept = known.attributes.filter(
    ({ name = "" }) => isCustomAttribute(name) && !again.attributes.some((each) => each.name === name),
  );
  return { ...known, ...again, attributes: [...kept, ...again.attributes] };
}
