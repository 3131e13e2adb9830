import type { Place } from "@hatoba/contract";
import type { Snapshot } from "../../store/store.ts";

/** One thing that a call needs to be allowed. */
export interface Right {
  /** As `iam:PassRole`; the call's own action if absent. */
  readonly action?: string;
  /** An ARN, or `*` where the action knows no resources. */
  readonly resource: string;
  /** Condition keys of this action, in any case. */
  readonly keys?: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Where a call is made, and what there is. */
export interface Scope {
  readonly place: Place;
  readonly snapshot: Snapshot;
}

/** A call's input as it came through the check of its schema. */
export type Input = Readonly<Record<string, unknown>>;

/** The rights that a call needs, all of them. What cannot be read is left to the operation to refuse. */
export type RightsOf = (input: Input, scope: Scope) => readonly Right[];

/** Where an action knows no resources. */
export const everywhere: Right = { resource: "*" };

/** A member that is a text. */
export const textIn = (input: Input, member: string): string | undefined => {
  const value = input[member];
  return typeof value === "string" && value !== "" ? value : undefined;
};

/** The texts of a member that is a list. */
export const textsIn = (input: Input, member: string): readonly string[] => {
  const value = input[member];
  const texts = Array.isArray(value) ? (value as unknown[]).filter((each) => typeof each === "string") : [];
  return texts.filter((each) => each !== "");
};

/** A member that is a structure; an empty one if it is not there. */
export const structureIn = (input: Input, member: string): Input => {
  const value = input[member];
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Input) : {};
};

/** The structures of a member that is a list. */
export const structuresIn = (input: Input, member: string): readonly Input[] => {
  const value = input[member];
  return Array.isArray(value)
    ? (value as unknown[]).filter((each) => typeof each === "object" && each !== null).map((each) => each as Input)
    : [];
};
