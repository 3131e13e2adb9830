/** The genuine agent reads no line that is longer, in bytes. */
const longestLine = 64 * 1024;

/**
 * The variables of an environment file: a `NAME=value` on each line, the value as it stands, quotes and spaces too. Lines that
 * begin with `#`, and those without a name or without `=`, are passed over; of a name that comes twice the last counts.
 * Source: ECS developer guide, "Pass environment variables to an Amazon ECS container"; the genuine agent's envfile.go.
 * @throws Error in the genuine agent's words, for a line that is too long
 */
export function parseEnvironmentFile(content: Uint8Array): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  for (const line of Buffer.from(content).toString().split(/\r?\n/)) {
    if (Buffer.byteLength(line) >= longestLine) throw new Error("bufio.Scanner: token too long");
    const equals = line.indexOf("=");
    if (line.startsWith("#") || equals < 1) continue;
    variables.set(line.slice(0, equals), line.slice(equals + 1));
  }
  return variables;
}

/** What is set already stays, and of several files the first that has a name says its value. */
export function withVariables(
  environment: Readonly<Record<string, string>>,
  files: readonly ReadonlyMap<string, string>[],
): Readonly<Record<string, string>> {
  const merged = new Map(Object.entries(environment));
  for (const file of files) for (const [name, value] of file) if (!merged.has(name)) merged.set(name, value);
  return Object.fromEntries(merged);
}
