import { connectionKey, type EventConnection } from "../../../model/api-destination.ts";
import { ConflictError, type Stored } from "../../../store/store.ts";
import { update } from "../../../store/update.ts";
import { EventsError } from "../api-error.ts";
import { requireParameters, shownParameters } from "../connection-parameters.ts";
import type { EventsContext, Operation } from "../operation.ts";
import { page } from "../page.ts";

const inSeconds = (milliseconds: number) => new Date(Math.floor(milliseconds / 1000) * 1000);

const noConnection = (name: string) =>
  new EventsError(
    "ResourceNotFoundException",
    `Failed to describe the connection(s). Connection '${name}' does not exist.`,
  );

function requireConnection(name: string, { store }: EventsContext): Stored<"eventConnection"> {
  const connection = store.snapshot().get("eventConnection", connectionKey(name));
  if (connection === undefined) throw noConnection(name);
  return connection;
}

/** What every answer about a connection has. It needs no permission of anybody, so it is AUTHORIZED at once. */
const summary = ({ arn, createdAt, modifiedAt, authorizedAt }: EventConnection) => ({
  ConnectionArn: arn,
  ConnectionState: "AUTHORIZED" as const,
  CreationTime: inSeconds(createdAt),
  LastModifiedTime: inSeconds(modifiedAt),
  LastAuthorizedTime: inSeconds(authorizedAt),
});

/** Secrets are sealed and never shown. Source: EventBridge API reference, CreateConnection. */
export const createConnection: Operation<"CreateConnection"> = async (input, context) => {
  const { store, clock, ids, caller, sealed } = context;
  const { Name = "", Description } = input;
  const { type, parameters } = requireParameters(input.AuthorizationType, input.AuthParameters);
  const now = clock.now();
  const value: EventConnection = {
    name: Name,
    arn: `arn:aws:events:${caller.region}:${caller.accountId}:connection/${Name}/${ids.uuid()}`,
    ...(Description === undefined ? {} : { description: Description }),
    authorizationType: type,
    shownParameters: shownParameters(parameters),
    sealedParameters: sealed.seal(JSON.stringify(parameters)),
    createdAt: now,
    modifiedAt: now,
    authorizedAt: now,
  };
  try {
    await store.commit([{ kind: "eventConnection", arn: connectionKey(Name), expected: 0, value }]);
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    throw new EventsError("ResourceAlreadyExistsException", `Connection ${Name} already exists.`, { cause: error });
  }
  return summary(value);
};

/** What is given anew takes the place of what was. Source: EventBridge API reference, UpdateConnection. */
export const updateConnection: Operation<"UpdateConnection"> = async (input, context) => {
  const { store, clock, sealed } = context;
  const { Name = "", Description, AuthorizationType, AuthParameters } = input;
  const { arn } = requireConnection(Name, context);
  const now = clock.now();
  const value = await update(store, "eventConnection", arn, (current) => {
    const described = {
      ...current,
      ...(Description === undefined ? {} : { description: Description }),
      modifiedAt: now,
    };
    if (AuthorizationType === undefined && AuthParameters === undefined) return described;
    const before = JSON.parse(sealed.open(current.sealedParameters)) as object;
    const isSameType = AuthorizationType === undefined || AuthorizationType === current.authorizationType;
    const merged = isSameType ? { ...before, ...AuthParameters } : AuthParameters;
    const { type, parameters } = requireParameters(AuthorizationType ?? current.authorizationType, merged);
    return {
      ...described,
      authorizationType: type,
      shownParameters: shownParameters(parameters),
      sealedParameters: sealed.seal(JSON.stringify(parameters)),
      authorizedAt: now,
    };
  });
  return summary(value);
};

/** Source: EventBridge API reference, DescribeConnection. */
export const describeConnection: Operation<"DescribeConnection"> = async ({ Name = "" }, context) => {
  const { value } = requireConnection(Name, context);
  return {
    ...summary(value),
    Name: value.name,
    ...(value.description === undefined ? {} : { Description: value.description }),
    AuthorizationType: value.authorizationType,
    AuthParameters: value.shownParameters,
  };
};

/** Source: EventBridge API reference, ListConnections. */
export const listConnections: Operation<"ListConnections"> = async (input, { store }) => {
  const connections = store
    .snapshot()
    .list("eventConnection")
    .filter(({ value }) => value.name.startsWith(input.NamePrefix ?? ""))
    .filter(() => input.ConnectionState === undefined || input.ConnectionState === "AUTHORIZED");
  const { items, NextToken } = page(connections, ({ value }) => value.name, input);
  const Connections = items.map(({ value }) => ({
    ...summary(value),
    Name: value.name,
    AuthorizationType: value.authorizationType,
  }));
  return { Connections, ...(NextToken === undefined ? {} : { NextToken }) };
};

/** API destinations that use it stay, and fail from then on. Source: EventBridge API reference, DeleteConnection. */
export const deleteConnection: Operation<"DeleteConnection"> = async ({ Name = "" }, context) => {
  const { arn, revision, value } = requireConnection(Name, context);
  await context.store.commit([{ kind: "eventConnection", arn, expected: revision, value: null }]);
  return { ...summary(value), ConnectionState: "DELETING" };
};
