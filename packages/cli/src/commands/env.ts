import { awsVariables, readChoices } from "../house/house.ts";
import { layoutOf } from "../house/layout.ts";
import { UserError } from "../terminal/user-error.ts";

/** `hatoba env`: the exports that point the aws CLI and every SDK at this house, for `eval "$(./hatoba env)"`. */
export function env({ dataDir }: { readonly dataDir?: string }): void {
  const layout = layoutOf(dataDir);
  const choices = readChoices(layout);
  const variables = choices && awsVariables(layout, choices);
  if (variables === undefined) throw new UserError("No house here yet. Start one with ./hatoba up");
  for (const [name, value] of Object.entries(variables))
    console.log(`export ${name}='${value.replaceAll("'", `'\\''`)}'`);
}
