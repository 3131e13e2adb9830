import { parameterArn } from "../../model/parameter.ts";
import { findParameter, parseReference } from "../ssm/parameters/find-parameter.ts";
import {
  everywhere,
  type Input,
  type Right,
  type RightsOf,
  type Scope,
  structuresIn,
  textIn,
  textsIn,
} from "./right.ts";

/** A parameter by its ARN, however it is called, with its tags. */
function parameterRight(name: string, { place, snapshot }: Scope): Right {
  const found = findParameter(snapshot, name, place);
  const { name: bare, arn } = parseReference(name);
  const tags = found?.value.tags ?? [];
  return {
    resource: parameterArn(found?.value.name ?? bare, arn ?? place),
    keys: Object.fromEntries(
      tags.flatMap(({ Key = "", Value = "" }) => [
        [`aws:ResourceTag/${Key}`, Value],
        [`ssm:resourceTag/${Key}`, Value],
      ]),
    ),
  };
}

const one: RightsOf = (input, scope) => [parameterRight(textIn(input, "Name") ?? "", scope)];
const many: RightsOf = (input, scope) => textsIn(input, "Names").map((name) => parameterRight(name, scope));
/** Recursively or not, what is asked for is the path itself. */
const byPath: RightsOf = (input, { place }) => {
  const path = (textIn(input, "Path") ?? "/").replace(/\/$/, "");
  const recursive = String(input["Recursive"] === true);
  return [{ resource: parameterArn(path === "" ? "/" : path, place), keys: { "ssm:Recursive": recursive } }];
};

const putting: RightsOf = (input, scope) => {
  const tags = structuresIn(input, "Tags") as readonly { readonly Key: string; readonly Value: string }[];
  const right = parameterRight(textIn(input, "Name") ?? "", scope);
  const keys = {
    ...right.keys,
    "ssm:Overwrite": String(input["Overwrite"] === true),
    "aws:TagKeys": tags.map(({ Key }) => Key),
    ...Object.fromEntries(tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value])),
  };
  const rights = [{ ...right, keys }];
  return tags.length === 0 ? rights : [...rights, { ...right, keys, action: "ssm:AddTagsToResource" }];
};

const tagged: RightsOf = (input: Input, scope: Scope) =>
  textIn(input, "ResourceType") === "Parameter"
    ? [parameterRight(textIn(input, "ResourceId") ?? "", scope)]
    : [everywhere];

/**
 * What calls on parameters need. AWS asks for the rights of KMS keys besides; there are no such keys here.
 * Source: Service Authorization Reference, "AWS Systems Manager".
 */
export const parameterRights: Readonly<Partial<Record<string, RightsOf>>> = {
  AddTagsToResource: tagged,
  DeleteParameter: one,
  DeleteParameters: many,
  GetParameter: one,
  GetParameterHistory: one,
  GetParameters: many,
  GetParametersByPath: byPath,
  LabelParameterVersion: one,
  ListTagsForResource: tagged,
  PutParameter: putting,
  RemoveTagsFromResource: tagged,
  UnlabelParameterVersion: one,
};
