import { type ApiDestination, apiDestinationKey, connectionKey, nameInArn } from "../../../model/api-destination.ts";
import { ConflictError, type Snapshot, type Stored } from "../../../store/store.ts";
import { update } from "../../../store/update.ts";
import { EventsError } from "../api-error.ts";
import type { EventsContext, Operation } from "../operation.ts";
import { page } from "../page.ts";

/** Source: EventBridge API reference, CreateApiDestination. */
const usualRate = 300;

const inSeconds = (milliseconds: number) => new Date(Math.floor(milliseconds / 1000) * 1000);

function requireDestination(name: string, { store }: EventsContext): Stored<"apiDestination"> {
  const destination = store.snapshot().get("apiDestination", apiDestinationKey(name));
  if (destination !== undefined) return destination;
  const message = `Failed to describe the api-destination(s). An api-destination '${name}' does not exist.`;
  throw new EventsError("ResourceNotFoundException", message);
}

/** It is INACTIVE while its connection is gone. */
const summary = (snapshot: Snapshot, { arn, connectionArn, createdAt, modifiedAt }: ApiDestination) => ({
  ApiDestinationArn: arn,
  ApiDestinationState:
    snapshot.get("eventConnection", connectionKey(nameInArn(connectionArn)))?.value.arn === connectionArn
      ? ("ACTIVE" as const)
      : ("INACTIVE" as const),
  CreationTime: inSeconds(createdAt),
  LastModifiedTime: inSeconds(modifiedAt),
});

const whole = (snapshot: Snapshot, value: ApiDestination) => ({
  ...summary(snapshot, value),
  Name: value.name,
  ConnectionArn: value.connectionArn,
  InvocationEndpoint: value.invocationEndpoint,
  HttpMethod: value.httpMethod,
  InvocationRateLimitPerSecond: value.invocationRateLimitPerSecond,
});

/** @throws EventsError ResourceNotFoundException, or ValidationException for what is no address */
function requireFit(snapshot: Snapshot, { connectionArn, invocationEndpoint }: ApiDestination): void {
  const name = nameInArn(connectionArn);
  if (snapshot.get("eventConnection", connectionKey(name))?.value.arn !== connectionArn) {
    throw new EventsError("ResourceNotFoundException", `Connection '${connectionArn}' does not exist.`);
  }
  const url = URL.parse(invocationEndpoint.replaceAll("*", "x"));
  if (url === null || !["http:", "https:"].includes(url.protocol) || url.username !== "") {
    throw new EventsError(
      "ValidationException",
      `InvocationEndpoint ${invocationEndpoint} is no http or https address.`,
    );
  }
}

/** Source: EventBridge API reference, CreateApiDestination. */
export const createApiDestination: Operation<"CreateApiDestination"> = async (input, { store, clock, ids, caller }) => {
  const { Name = "", Description, ConnectionArn = "", InvocationEndpoint = "", HttpMethod = "POST" } = input;
  const now = clock.now();
  const value: ApiDestination = {
    name: Name,
    arn: `arn:aws:events:${caller.region}:${caller.accountId}:api-destination/${Name}/${ids.uuid()}`,
    ...(Description === undefined ? {} : { description: Description }),
    connectionArn: ConnectionArn,
    invocationEndpoint: InvocationEndpoint,
    httpMethod: HttpMethod,
    invocationRateLimitPerSecond: input.InvocationRateLimitPerSecond ?? usualRate,
    createdAt: now,
    modifiedAt: now,
  };
  requireFit(store.snapshot(), value);
  try {
    await store.commit([{ kind: "apiDestination", arn: apiDestinationKey(Name), expected: 0, value }]);
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    const message = `An api-destination '${Name}' already exists.`;
    throw new EventsError("ResourceAlreadyExistsException", message, { cause: error });
  }
  return summary(store.snapshot(), value);
};

/** Source: EventBridge API reference, UpdateApiDestination. */
export const updateApiDestination: Operation<"UpdateApiDestination"> = async (input, context) => {
  const { store, clock } = context;
  const { arn } = requireDestination(input.Name ?? "", context);
  const value = await update(store, "apiDestination", arn, (current) => {
    const changed = {
      ...current,
      ...(input.Description === undefined ? {} : { description: input.Description }),
      connectionArn: input.ConnectionArn ?? current.connectionArn,
      invocationEndpoint: input.InvocationEndpoint ?? current.invocationEndpoint,
      httpMethod: input.HttpMethod ?? current.httpMethod,
      invocationRateLimitPerSecond: input.InvocationRateLimitPerSecond ?? current.invocationRateLimitPerSecond,
      modifiedAt: clock.now(),
    };
    requireFit(store.snapshot(), changed);
    return changed;
  });
  return summary(store.snapshot(), value);
};

/** Source: EventBridge API reference, DescribeApiDestination. */
export const describeApiDestination: Operation<"DescribeApiDestination"> = async ({ Name = "" }, context) => {
  const { value } = requireDestination(Name, context);
  const { description } = value;
  return {
    ...whole(context.store.snapshot(), value),
    ...(description === undefined ? {} : { Description: description }),
  };
};

/** Source: EventBridge API reference, ListApiDestinations. */
export const listApiDestinations: Operation<"ListApiDestinations"> = async (input, { store }) => {
  const snapshot = store.snapshot();
  const destinations = snapshot
    .list("apiDestination", input.ConnectionArn === undefined ? {} : { connectionArn: input.ConnectionArn })
    .filter(({ value }) => value.name.startsWith(input.NamePrefix ?? ""));
  const { items, NextToken } = page(destinations, ({ value }) => value.name, input);
  return {
    ApiDestinations: items.map(({ value }) => whole(snapshot, value)),
    ...(NextToken === undefined ? {} : { NextToken }),
  };
};

/** Source: EventBridge API reference, DeleteApiDestination. */
export const deleteApiDestination: Operation<"DeleteApiDestination"> = async ({ Name = "" }, context) => {
  const { arn, revision } = requireDestination(Name, context);
  await context.store.commit([{ kind: "apiDestination", arn, expected: revision, value: null }]);
  return {};
};
