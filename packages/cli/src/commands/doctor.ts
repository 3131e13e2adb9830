import { existsSync, readFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { connect } from "node:net";
import { dirname } from "node:path";
import { styleText } from "node:util";
import { examineTaskEndpoints } from "@hatoba/agent";
import {
  type Finding,
  judgeCgroups,
  judgeDisk,
  judgeEngine,
  judgeLogBudget,
  judgeNode,
  judgePort,
  judgeTaskEndpoints,
  judgeVpcBlock,
} from "../doctor/judge.ts";
import { planEngine } from "../engine/advice.ts";
import { engineClient, probeEngine } from "../engine/engine.ts";
import { machineFacts } from "../engine/prepare-engine.ts";
import { answers, defaultChoices, readChoices } from "../house/house.ts";
import { type Layout, layoutOf } from "../house/layout.ts";
import { runningProcess } from "../house/processes.ts";
import { readBudgetWarning } from "../logs/budget-warning.ts";
import { logsClient } from "./log-groups.ts";

const marks = {
  ok: styleText("green", "ok     "),
  warning: styleText("yellow", "warning"),
  problem: styleText("red", "problem"),
};

/** `hatoba doctor`: looks at everything a house needs, and says what to do. @returns the exit code: 1 if there is a problem */
export async function doctor({ dataDir }: { readonly dataDir?: string }): Promise<number> {
  return printFindings(await examine(layoutOf(dataDir)));
}

/** @returns the exit code: 1 if there is a problem */
export function printFindings(findings: readonly Finding[]): number {
  for (const { verdict, subject, found, advice } of findings) {
    console.log(`${marks[verdict]}  ${subject}: ${found}`);
    if (advice !== undefined) console.log(advice.replaceAll(/^/gm, "           "));
  }
  return findings.some(({ verdict }) => verdict === "problem") ? 1 : 0;
}

async function examine(layout: Layout): Promise<readonly Finding[]> {
  const choices = readChoices(layout) ?? defaultChoices;
  const engine = await probeEngine();
  const cgroupVersion = existsSync("/sys/fs/cgroup/cgroup.controllers") ? "2" : "1";
  return [
    judgeNode(process.version),
    judgeEngine(engine, planEngine(machineFacts(engine))),
    judgeCgroups(cgroupVersion, cgroupControllers(cgroupVersion)),
    judgePort(choices.listen, await holderOf(choices.listen, layout)),
    judgeTaskEndpoints(await examineTaskEndpoints(), runningProcess(layout, "agent") !== undefined),
    judgeVpcBlock(choices.vpcCidr, await foreignRoutes(engine.state === "answers")),
    await disk("Disk for state", nearestExisting(layout.dataDir)),
    ...(runningProcess(layout, "control-plane") !== undefined && (await answers(choices))
      ? [judgeLogBudget(await readBudgetWarning(logsClient(layout.dataDir), Date.now()))]
      : []),
    ...(engine.state === "answers"
      ? [await disk("Disk for images and containers", nearestExisting(await engineRoot()))]
      : []),
  ];
}

function cgroupControllers(version: "1" | "2"): readonly string[] {
  if (version === "2") return readFileSync("/sys/fs/cgroup/cgroup.controllers", "utf8").trim().split(" ");
  const rows = existsSync("/proc/cgroups") ? readFileSync("/proc/cgroups", "utf8").split("\n") : [];
  return rows
    .map((row) => row.split("\t"))
    .filter(([, , , enabled]) => enabled === "1")
    .map(([name = ""]) => name);
}

async function holderOf(listen: string, layout: Layout): Promise<"this house" | "another program" | "nobody"> {
  if (runningProcess(layout, "control-plane") !== undefined) return "this house";
  const at = listen.lastIndexOf(":");
  const socket = connect({ host: listen.slice(0, at), port: Number(listen.slice(at + 1)) });
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket
    .once("connect", () => resolve(true))
    .once("error", () => resolve(false))
    .setTimeout(2000, () => resolve(false));
  const taken = await promise;
  socket.destroy();
  return taken ? "another program" : "nobody";
}

/** Where this machine routes to, but for the networks that Hatoba made: as `10.0.0.0/8`. */
async function foreignRoutes(engineAnswers: boolean): Promise<readonly string[]> {
  const ours = engineAnswers ? await ourBlocks() : [];
  return routesOf(existsSync("/proc/net/route") ? readFileSync("/proc/net/route", "utf8") : "").filter(
    (route) => !ours.includes(route),
  );
}

async function ourBlocks(): Promise<readonly string[]> {
  const networks = await engineClient().listNetworks();
  return networks
    .filter(({ Name }) => Name.startsWith("hatoba-vpc-"))
    .flatMap(({ IPAM }) => (IPAM?.Config ?? []).map(({ Subnet }) => Subnet ?? ""));
}

/** Reads /proc/net/route, where addresses and masks are little-endian hexadecimal. */
export function routesOf(table: string): readonly string[] {
  return table
    .split("\n")
    .slice(1)
    .filter((row) => row.trim() !== "")
    .map((row) => {
      const [, destination = "0", , , , , , mask = "0"] = row.split("\t");
      const bytes = (destination.trim().padStart(8, "0").match(/../g) ?? [])
        .toReversed()
        .map((hex) => Number.parseInt(hex, 16));
      const bits = Number.parseInt(mask.trim(), 16).toString(2).replaceAll("0", "").length;
      return `${bytes.join(".")}/${bits}`;
    });
}

const engineRoot = async (): Promise<string> =>
  ((await engineClient().info()) as { DockerRootDir?: string }).DockerRootDir ?? "/";

async function disk(what: string, path: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(path);
  return judgeDisk(what, path, bavail * bsize);
}

function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path));
}
