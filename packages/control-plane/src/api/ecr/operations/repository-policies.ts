import { EcrError } from "../api-error.ts";
import { changeRepository, requireRepository } from "../find.ts";
import type { Operation } from "../operation.ts";

const none = (name: string, registryId: string) =>
  new EcrError(
    "RepositoryPolicyNotFoundException",
    `Repository policy does not exist for the repository with name '${name}' in the registry with id '${registryId}'`,
  );

/** Kept and given back; the roles' own policies say who may do what. Source: ECR API reference, SetRepositoryPolicy. */
export const setRepositoryPolicy: Operation<"SetRepositoryPolicy"> = async (input, context) => {
  const policyText = input.policyText ?? "";
  requirePolicy(policyText);
  const { name } = await changeRepository(input, context, (current) => ({ ...current, policyText }));
  return { registryId: context.caller.accountId, repositoryName: name, policyText };
};

/** Source: ECR API reference, GetRepositoryPolicy. */
export const getRepositoryPolicy: Operation<"GetRepositoryPolicy"> = async (input, context) => {
  const { accountId } = context.caller;
  const { name, policyText } = requireRepository(input, context).value;
  if (policyText === undefined) throw none(name, accountId);
  return { registryId: accountId, repositoryName: name, policyText };
};

/** Source: ECR API reference, DeleteRepositoryPolicy. */
export const deleteRepositoryPolicy: Operation<"DeleteRepositoryPolicy"> = async (input, context) => {
  const { accountId } = context.caller;
  let removed = "";
  const { name } = await changeRepository(input, context, (current) => {
    const { policyText, ...rest } = current;
    if (policyText === undefined) throw none(current.name, accountId);
    removed = policyText;
    return rest;
  });
  return { registryId: accountId, repositoryName: name, policyText: removed };
};

type Json = Readonly<Record<string, unknown>>;

/** @throws EcrError InvalidParameterException for what is no policy of a repository */
function requirePolicy(text: string): void {
  const refuse = () =>
    new EcrError(
      "InvalidParameterException",
      "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'",
    );
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch (error) {
    throw new EcrError("InvalidParameterException", refuse().message, { cause: error });
  }
  const given = (typeof policy === "object" && policy !== null ? policy : {}) as Json;
  const statements = (Array.isArray(given["Statement"]) ? given["Statement"] : [given["Statement"]]) as unknown[];
  const isStatement = (statement: unknown) => {
    if (typeof statement !== "object" || statement === null) return false;
    const { Effect, Principal, NotPrincipal, Action, NotAction } = statement as Json;
    const isEffect = Effect === "Allow" || Effect === "Deny";
    return isEffect && (Principal ?? NotPrincipal) !== undefined && (Action ?? NotAction) !== undefined;
  };
  if (!statements.every(isStatement)) throw refuse();
}
