import type { IamOperation } from "../operation.ts";

/** The account has no alias. Source: IAM API reference, ListAccountAliases. */
export const listAccountAliases: IamOperation<"ListAccountAliases"> = async () => ({
  AccountAliases: [],
  IsTruncated: false,
});
