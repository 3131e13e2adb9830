import { randomInt } from "node:crypto";
import { SecretsError } from "./api-error.ts";

/** Source: Secrets Manager API reference, GetRandomPassword. */
const kinds = {
  lower: "abcdefghijklmnopqrstuvwxyz",
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  digits: "0123456789",
  punctuation: "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
} as const;

export interface PasswordWish {
  readonly PasswordLength?: number | undefined;
  readonly ExcludeCharacters?: string | undefined;
  readonly ExcludeNumbers?: boolean | undefined;
  readonly ExcludePunctuation?: boolean | undefined;
  readonly ExcludeUppercase?: boolean | undefined;
  readonly ExcludeLowercase?: boolean | undefined;
  readonly IncludeSpace?: boolean | undefined;
  readonly RequireEachIncludedType?: boolean | undefined;
}

/** A random password. @throws SecretsError InvalidParameterException if there is none like that */
export function randomPassword(wish: PasswordWish): string {
  const { PasswordLength: length = 32, ExcludeCharacters = "", RequireEachIncludedType = true } = wish;
  const wanted = [
    wish.ExcludeLowercase ? "" : kinds.lower,
    wish.ExcludeUppercase ? "" : kinds.upper,
    wish.ExcludeNumbers ? "" : kinds.digits,
    wish.ExcludePunctuation ? "" : kinds.punctuation,
    wish.IncludeSpace ? " " : "",
  ];
  const excluded = new Set(ExcludeCharacters);
  const sets = wanted
    .map((set) => Array.from(set).filter((letter) => !excluded.has(letter)))
    .filter((set) => set.length > 0);
  const alphabet = sets.flat();
  if (alphabet.length === 0) {
    throw new SecretsError("InvalidParameterException", "There are no characters left to make a password of.");
  }
  if (RequireEachIncludedType && length < sets.length) {
    throw new SecretsError("InvalidParameterException", "Password length is too short based on the required types.");
  }
  const required = RequireEachIncludedType ? sets.map(anyOf) : [];
  const rest = Array.from({ length: length - required.length }, () => anyOf(alphabet));
  return shuffled([...required, ...rest]).join("");
}

const anyOf = (letters: readonly string[]): string => letters[randomInt(letters.length)] ?? "";

function shuffled(letters: readonly string[]): readonly string[] {
  const mixed = [...letters];
  for (let at = mixed.length - 1; at > 0; at -= 1) {
    const other = randomInt(at + 1);
    [mixed[at], mixed[other]] = [mixed[other] ?? "", mixed[at] ?? ""];
  }
  return mixed;
}
