import type { User } from "@aws-sdk/client-iam";
import { IamError } from "../api-error.ts";
import type { IamOperation } from "../operation.ts";

/** The account's root, who is the only user there is. Source: IAM API reference, GetUser. */
export const getUser: IamOperation<"GetUser"> = async ({ UserName: userName }, { caller }) => {
  if (userName !== undefined) throw new IamError("NoSuchEntity", `The user with name ${userName} cannot be found.`);
  if (caller.roleSession !== undefined) {
    throw new IamError("ValidationError", "Must specify userName when calling with non-User credentials");
  }
  // The root has neither name nor path.
  return { User: { UserId: caller.userId, Arn: caller.arn, CreateDate: new Date(0) } as User };
};
