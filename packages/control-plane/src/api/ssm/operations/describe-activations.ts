import type * as sdk from "@aws-sdk/client-ssm";
import type { Activation } from "../../../model/activation.ts";
import type { Operation } from "../operation.ts";
import { page } from "../page.ts";

/** The member that a filter looks at; the schema's limits let no other key through. */
const filtered: Readonly<Record<string, (activation: Activation) => string | undefined>> = {
  ActivationIds: ({ activationId }) => activationId,
  DefaultInstanceName: ({ defaultInstanceName }) => defaultInstanceName,
  IamRole: ({ iamRole }) => iamRole,
};

/** Activations, used up and expired ones too, without their codes. Several filters must all hold, one value of each. */
export const describeActivations: Operation<"DescribeActivations"> = async (input, { store, clock }) => {
  const { Filters: filters = [], MaxResults: size = 50, NextToken: nextToken } = input;
  const found = store
    .snapshot()
    .list("activation")
    .map(({ value }) => value)
    .filter((activation) =>
      filters.every(({ FilterKey: key = "", FilterValues: values = [] }) =>
        values.includes(filtered[key]?.(activation) ?? ""),
      ),
    );
  const { items, nextToken: more } = page(found, ({ activationId }) => activationId, { nextToken, size });
  const now = clock.now();
  return {
    ActivationList: items.map((activation) => describe(activation, now)),
    ...(more === undefined ? {} : { NextToken: more }),
  };
};

const describe = (activation: Activation, now: number): sdk.Activation => ({
  ActivationId: activation.activationId,
  IamRole: activation.iamRole,
  RegistrationLimit: activation.registrationLimit,
  RegistrationsCount: activation.registrationsCount,
  ExpirationDate: new Date(activation.expiresAt),
  Expired: activation.expiresAt <= now,
  CreatedDate: new Date(activation.createdAt),
  ...(activation.description === undefined ? {} : { Description: activation.description }),
  ...(activation.defaultInstanceName === undefined ? {} : { DefaultInstanceName: activation.defaultInstanceName }),
  ...(activation.tags.length === 0 ? {} : { Tags: [...activation.tags] }),
});
