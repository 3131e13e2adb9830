import { type Parameter, type ParameterVersion, parameterKey, parameterVersionKey } from "../../../model/parameter.ts";
import type { Snapshot, Stored } from "../../../store/store.ts";
import { SsmError } from "../api-error.ts";

/** A parameter at one version. */
export interface FoundParameter {
  readonly parameter: Stored<"parameter">;
  readonly version: Stored<"parameterVersion">;
  /** As it was asked for, with its colon: `:3` or `:live`; absent for the latest. */
  readonly selector?: string;
}

type Place = { readonly region: string; readonly accountId: string };

/** What a parameter goes by in a call: `NAME`, `NAME:VERSION`, `NAME:LABEL`, or an ARN with the same endings. */
export function parseReference(text: string): {
  readonly name: string;
  readonly arn?: Place;
  readonly selector?: string;
} {
  const [, region = "", accountId = "", path = ""] = /^arn:[^:]+:ssm:([^:]*):([^:]*):parameter\/(.+)$/.exec(text) ?? [];
  const [name, selector] = split(path === "" ? text : path);
  return {
    name,
    ...(path === "" ? {} : { arn: { region, accountId } }),
    ...(selector === undefined ? {} : { selector }),
  };
}

function split(text: string): readonly [string, string?] {
  const at = text.indexOf(":");
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** The parameter of this name or ARN. An ARN does not say whether its name begins with a slash. */
export function findParameter(snapshot: Snapshot, text: string, place: Place): Stored<"parameter"> | undefined {
  const { name, arn } = parseReference(text);
  if (arn === undefined) return snapshot.get("parameter", parameterKey(name));
  if (arn.region !== place.region || arn.accountId !== place.accountId) return undefined;
  return snapshot.get("parameter", parameterKey(`/${name}`)) ?? snapshot.get("parameter", parameterKey(name));
}

/**
 * The parameter of just this name: what changes or deletes one takes neither ARNs nor `NAME:VERSION`, which would mean more than
 * it says. Source: Systems Manager API reference, DeleteParameter.
 */
export const findByName = (snapshot: Snapshot, name: string): Stored<"parameter"> | undefined =>
  snapshot.get("parameter", parameterKey(name));

/** @throws SsmError ParameterNotFound, ParameterVersionNotFound */
export function requireVersion(snapshot: Snapshot, text: string, place: Place): FoundParameter {
  const parameter = findParameter(snapshot, text, place);
  if (parameter === undefined) throw parameterNotFound();
  const { selector } = parseReference(text);
  const version = versionOf(snapshot, parameter.value, selector);
  if (version === undefined) throw versionNotFound(parameter.value.name, selector ?? "");
  return { parameter, version, ...(selector === undefined ? {} : { selector: `:${selector}` }) };
}

function versionOf(
  snapshot: Snapshot,
  { name, latest }: Parameter,
  selector: string | undefined,
): Stored<"parameterVersion"> | undefined {
  if (selector === undefined) return snapshot.get("parameterVersion", parameterVersionKey(name, latest));
  if (/^\d+$/.test(selector)) return snapshot.get("parameterVersion", parameterVersionKey(name, Number(selector)));
  return versionsOf(snapshot, name).find(({ value }) => value.labels.includes(selector));
}

/** All versions of a parameter that are still there, oldest first. */
export const versionsOf = (snapshot: Snapshot, name: string): readonly Stored<"parameterVersion">[] =>
  snapshot.list("parameterVersion", { parameter: parameterKey(name) }).toSorted(byVersion);

const byVersion = (a: { readonly value: ParameterVersion }, b: { readonly value: ParameterVersion }) =>
  a.value.version - b.value.version;

/** AWS leaves its message empty. */
export const parameterNotFound = (): SsmError => new SsmError("ParameterNotFound", "");

export const versionNotFound = (name: string, version: number | string): SsmError =>
  new SsmError(
    "ParameterVersionNotFound",
    `Systems Manager could not find version ${version} of ${name}. Verify the version and try again.`,
  );
