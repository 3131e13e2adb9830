import type { EndpointReach } from "@hatoba/agent";
import type { EnginePlan } from "../engine/advice.ts";
import type { EngineState } from "../engine/engine.ts";

/** What a check came to; `advice` is there unless all is well, and says what to do. */
export interface Finding {
  readonly subject: string;
  readonly verdict: "ok" | "warning" | "problem";
  readonly found: string;
  readonly advice?: string;
}

const ok = (subject: string, found: string): Finding => ({ subject, verdict: "ok", found });
const GiB = 1024 ** 3;

/** Hatoba runs on Node.js 24; `./hatoba` brings its own. @param version as `v24.21.0` */
export function judgeNode(version: string): Finding {
  const major = Number(/^v(\d+)\./.exec(version)?.[1]);
  if (major >= 24) return ok("Node.js", version);
  return {
    subject: "Node.js",
    verdict: "problem",
    found: version,
    advice: "Start Hatoba through ./hatoba, which uses its own Node.js 24.",
  };
}

export function judgeEngine(engine: EngineState, plan: EnginePlan): Finding {
  const subject = "Container engine";
  if (engine.state === "answers") {
    const [major = 0] = engine.version.split(".").map(Number);
    if (major >= 20) return ok(subject, `Docker Engine ${engine.version}`);
    return {
      subject,
      verdict: "warning",
      found: `Docker Engine ${engine.version}`,
      advice: "Hatoba is tested with 20.10 and newer; please upgrade.",
    };
  }
  const found = engine.state === "refused" ? "this user may not use it" : engine.reason;
  const advice = plan.do === "ask" ? plan.message : "Nothing to do: ./hatoba up installs and starts it.";
  return { subject, verdict: plan.do === "ask" ? "problem" : "warning", found, advice };
}

/** Task and container limits need the cpu and memory controllers. @param controllers as the kernel names them */
export function judgeCgroups(version: string, controllers: readonly string[]): Finding {
  const missing = ["cpu", "memory"].filter((controller) => !controllers.includes(controller));
  if (missing.length === 0) return ok("cgroups", `version ${version}`);
  return {
    subject: "cgroups",
    verdict: "problem",
    found: `version ${version} without ${missing.join(" and ")}`,
    advice:
      "CPU and memory limits cannot work. Boot with `cgroup_enable=memory`, or enable the controllers for this container or VM.",
  };
}

/** @param holder who listens there now: this house, another program, or nobody */
export function judgePort(address: string, holder: "this house" | "another program" | "nobody"): Finding {
  if (holder !== "another program") return ok(`Port ${address}`, holder === "nobody" ? "free" : "this house");
  return {
    subject: `Port ${address}`,
    verdict: "problem",
    found: "another program listens there",
    advice: `See who: ss -ltnp | grep ${address.slice(address.lastIndexOf(":"))}   Or choose another: ./hatoba up --listen 127.0.0.1:4578`,
  };
}

/** @param freeBytes room left on the file system of `path` */
export function judgeDisk(what: string, path: string, freeBytes: number): Finding {
  const found = `${(freeBytes / GiB).toFixed(1)} GiB free at ${path}`;
  if (freeBytes >= 2 * GiB) return ok(what, found);
  const advice =
    "Make room: `docker system df` shows what images and volumes take, `docker image prune` removes unused images.";
  return { subject: what, verdict: freeBytes >= 0.2 * GiB ? "warning" : "problem", found, advice };
}

/** Logs have so much disk, beyond which the oldest go. @param warning what the house said of it within a day, and when (epoch milliseconds) */
export function judgeLogBudget(warning: { readonly at: number; readonly message: string } | undefined): Finding {
  const subject = "Disk for logs";
  if (warning === undefined) return ok(subject, "within the log budget");
  const found = `${warning.message} (${new Date(warning.at).toISOString().slice(0, 19)}Z)`;
  const advice =
    "Keep logs for fewer days (aws logs put-retention-policy), or give them more room: HATOBA_LOG_BUDGET=40GB ./hatoba up. " +
    "What went is told by: aws logs tail /hatoba/house --since 1d";
  return { subject, verdict: "warning", found, advice };
}

/** awsvpc tasks get addresses of the VPC's block, so nothing else may be routed there. @param routes destinations as `10.0.0.0/8` that are not ours */
export function judgeVpcBlock(vpcCidr: string, routes: readonly string[]): Finding {
  const clash = routes.find((route) => route !== "0.0.0.0/0" && overlap(route, vpcCidr));
  if (clash === undefined) return ok("VPC block", `${vpcCidr} is free`);
  return {
    subject: "VPC block",
    verdict: "problem",
    found: `${vpcCidr} overlaps the route to ${clash}`,
    advice:
      "awsvpc and Fargate tasks would not be reachable. Choose a free block: ./hatoba up --vpc-cidr 10.213.0.0/16",
  };
}

/** Containers get their metadata and the credentials of their roles from 169.254.170.2. @param houseRuns an agent should serve there */
export function judgeTaskEndpoints(reach: EndpointReach, houseRuns: boolean): Finding {
  const subject = "Task endpoints";
  if ("problem" in reach) {
    return {
      subject,
      verdict: "warning",
      found: reach.problem,
      advice:
        "Tasks with a task role are not placed here, and containers get no metadata. Run the house as root, with iptables installed.",
    };
  }
  if (!houseRuns) return ok(subject, "169.254.170.2 can be served");
  if (reach.areRulesPlaced && reach.isServed) return ok(subject, "169.254.170.2 is served");
  return {
    subject,
    verdict: "warning",
    found: reach.isServed ? "the rules that lead to 169.254.170.2 are gone" : "nobody serves 169.254.170.2",
    advice:
      "Another program changed the packet filter, or the agent is not running. Try: ./hatoba down, then ./hatoba up",
  };
}

/** Whether two IPv4 blocks share an address. */
export function overlap(a: string, b: string): boolean {
  const [first, second] = [parseBlock(a), parseBlock(b)];
  const bits = Math.min(first.length, second.length);
  const mask = bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0;
  return (first.address & mask) >>> 0 === (second.address & mask) >>> 0;
}

function parseBlock(cidr: string): { readonly address: number; readonly length: number } {
  const [address = "0.0.0.0", length = "32"] = cidr.split("/");
  return { address: address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0), length: Number(length) };
}
