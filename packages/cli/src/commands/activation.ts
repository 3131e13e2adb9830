import { readFileSync } from "node:fs";
import { hostname, networkInterfaces } from "node:os";
import {
  CreateActivationCommand,
  DeleteActivationCommand,
  paginateDescribeActivations,
  SSMClient,
} from "@aws-sdk/client-ssm";
import Table from "cli-table3";
import { fingerprintOf } from "../fleet/authority.ts";
import { authorityOf, type Choices, endpointOf, readAccessKey, readChoices } from "../house/house.ts";
import { type Layout, layoutOf } from "../house/layout.ts";
import { UserError } from "../terminal/user-error.ts";

export interface CreateOptions {
  readonly dataDir?: string;
  readonly limit: string;
  readonly expires: string;
  readonly role: string;
  readonly name?: string;
  readonly description?: string;
  readonly cluster: string;
  readonly endpoint?: string;
}

const unitsMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `hatoba activation create`: leave for machines to join, and the command that each of them runs. */
export async function createActivation(options: CreateOptions): Promise<void> {
  const { layout, choices, ssm } = openHouse(options.dataDir);
  const [, amount, unit] = /^(\d+)(m|h|d)$/.exec(options.expires) ?? [];
  if (amount === undefined) throw new UserError(`--expires takes a time as 24h, 30m or 7d, not ${options.expires}`);
  if (!/^\d+$/.test(options.limit)) throw new UserError(`--limit takes a number of machines, not ${options.limit}`);
  const expires = new Date(Date.now() + Number(amount) * unitsMs[unit as keyof typeof unitsMs]);
  const { ActivationId: id, ActivationCode: code } = await orUserError(
    ssm.send(
      new CreateActivationCommand({
        IamRole: options.role,
        RegistrationLimit: Number(options.limit),
        ExpirationDate: expires,
        DefaultInstanceName: options.name,
        Description: options.description,
      }),
    ),
  );
  const endpoint = options.endpoint ?? outsideEndpoint(choices);
  const authority = authorityOf(layout, choices);
  const flags = [
    `--endpoint ${endpoint}`,
    ...(authority === undefined ? [] : [`--ca-fingerprint ${fingerprintOf(readFileSync(authority, "utf8"))}`]),
    `--activation-id ${id}`,
    `--activation-code ${code}`,
    ...(options.cluster === "default" ? [] : [`--cluster ${options.cluster}`]),
  ];
  console.log(
    `${options.limit === "1" ? "One machine" : `${options.limit} machines`} may join until ${expires.toISOString()}.`,
  );
  console.log(`The code is shown this once. On each machine, in a checkout of Hatoba:\n`);
  console.log(`  ./hatoba agent join ${flags.join(" \\\n    ")}\n`);
  if (/^https?:\/\/(127\.|localhost|\[::1\])/.test(endpoint)) {
    console.log("This house is reached from this machine alone. For others: ./hatoba down, then");
    console.log("  ./hatoba up --listen 0.0.0.0:4577 --tls");
  } else if (endpoint.startsWith("http:")) {
    console.log("Without TLS the code can be read on the way. With it: ./hatoba down, then ./hatoba up --tls");
  }
}

/** `hatoba activation list`. */
export async function listActivations({ dataDir }: { readonly dataDir?: string }): Promise<void> {
  const { ssm } = openHouse(dataDir);
  const table = new Table({ head: ["activation", "machines", "expires", "name"], style: { head: [], border: [] } });
  const pages = paginateDescribeActivations({ client: ssm }, {});
  for await (const { ActivationList = [] } of pages) {
    for (const each of ActivationList) {
      const expiry = each.Expired ? "expired" : (each.ExpirationDate?.toISOString() ?? "");
      const joined = `${each.RegistrationsCount} of ${each.RegistrationLimit}`;
      table.push([each.ActivationId ?? "", joined, expiry, each.DefaultInstanceName ?? ""]);
    }
  }
  console.log(table.length === 0 ? "There are no activations." : table.toString());
}

/** `hatoba activation delete`: nobody joins by it any more; machines that have stay. */
export async function deleteActivation(id: string, { dataDir }: { readonly dataDir?: string }): Promise<void> {
  await orUserError(openHouse(dataDir).ssm.send(new DeleteActivationCommand({ ActivationId: id })));
  console.log(`Deleted. Machines that joined by it stay; aws ssm deregister-managed-instance takes one out.`);
}

function openHouse(dataDir: string | undefined): {
  readonly layout: Layout;
  readonly choices: Choices;
  readonly ssm: SSMClient;
} {
  const layout = layoutOf(dataDir);
  const [choices, credentials] = [readChoices(layout), readAccessKey(layout)];
  if (choices === undefined || credentials === undefined) {
    throw new UserError("No house here yet. Start one with ./hatoba up");
  }
  return {
    layout,
    choices,
    ssm: new SSMClient({ endpoint: endpointOf(choices), region: choices.region, credentials }),
  };
}

/** Where other machines reach the house: what it was told, or for one that listens everywhere the first address it has. */
function outsideEndpoint(choices: Choices): string {
  if (choices.advertise !== undefined) return choices.advertise;
  const [, port] = /^(?:0\.0\.0\.0|\[::\]):(\d+)$/.exec(choices.listen) ?? [];
  if (port === undefined) return endpointOf(choices);
  const own = Object.entries(networkInterfaces())
    .filter(([name]) => !/^(docker|br-|veth)/.test(name))
    .flatMap(([, addresses = []]) => addresses)
    .find(({ internal, family }) => !internal && family === "IPv4");
  return `${new URL(endpointOf(choices)).protocol}//${own?.address ?? hostname()}:${port}`;
}

async function orUserError<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (cause) {
    throw new UserError(cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause), { cause });
  }
}
