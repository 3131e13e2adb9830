import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";

/**
 * Which room of the control plane may import which; a room is a folder of its `src`, or a part of one. An arrow that is
 * not here is refused: add it with the reason in the commit.
 */
const controlPlaneArrows: Readonly<Record<string, readonly string[]>> = {
  model: [],
  placement: ["model", "platform/regex", "store/store.ts"],
  store: ["model", "platform"],
  platform: [],
  tls: ["platform"],
  "log-store": ["platform"],
  // What is done with log events as they come: metrics from them, and sending them on, as EventBridge sends events.
  "log-filters": ["events", "log-store", "metrics", "model", "platform", "store"],
  // Queries of Logs Insights, run over what the log store reads.
  "log-queries": ["log-store", "platform"],
  // Role sessions: issued to tasks over the agent channel, opened again by the front door.
  credentials: ["platform"],
  // The house's key is changed: everything that is sealed in the store is sealed anew.
  "key-rotation": ["credentials", "model", "platform", "store"],
  // What policies say: the API asks it, and knows whom and what to ask about.
  authorization: [],
  // Directories of EFS file systems on this host.
  "file-systems": ["platform"],
  reconcile: ["model", "placement", "platform", "settings.ts", "store"],
  // What was measured, kept for a while: the agent channel, metric filters and callers bring it in.
  metrics: ["platform"],
  "agent-channel": ["credentials", "metrics", "model", "platform", "settings.ts", "store"],
  // The server side of sessions; its transcripts go to the log store.
  sessions: ["log-store", "model", "platform", "settings.ts", "store"],
  // Changes of the store as EventBridge events; log groups are among their targets.
  events: ["log-store", "model", "platform", "settings.ts", "store"],
  // Images: what is in repositories the store knows, blobs are files. Sweeps itself by the clock.
  registry: ["model", "platform", "settings.ts", "store"],
  api: ["authorization", "credentials", "model", "placement", "platform", "settings.ts", "store"],
  // The operator asks for a new key.
  "api/operator": ["key-rotation"],
  // CloudWatch Logs answers from the log store; no other part of the API knows it. Patterns are read as filters read them.
  "api/logs": ["log-filters", "log-queries", "log-store"],
  // ECR and the distribution protocol answer from the registry.
  "api/ecr": ["registry"],
  // Buckets and objects, and S3's wire over them.
  "object-store": ["platform"],
  "api/s3": ["object-store"],
  // CloudWatch answers from the metrics store, and from what was measured of services and clusters.
  "api/cloudwatch": ["metrics"],
  "api/registry": ["registry"],
  // EFS makes and removes the directories that its file systems are.
  "api/efs": ["file-systems"],
  // EventBridge reads patterns and schedules as the bus does, and puts events on it.
  "api/events": ["events"],
  // Scheduler reads schedules as their runner does.
  "api/scheduler": ["events"],
};

/** The agent's rooms. The engine decides, the runtime does, hooks stand around; only main.ts and agent.ts see all. */
const agentArrows: Readonly<Record<string, readonly string[]>> = {
  runtime: ["platform"],
  images: ["runtime"],
  platform: [],
  engine: ["runtime", "channel", "state", "platform"],
  state: ["engine", "channel", "runtime", "platform"],
  channel: ["platform"],
  hooks: ["engine", "runtime", "channel", "platform"],
  // The channel brings credentials, the endpoints hand them out.
  credentials: ["channel"],
  // What containers use, measured through the runtime for the channel.
  metrics: ["engine", "runtime", "channel", "platform"],
  // What containers ask the agent: answered out of the engine's tasks, the runtime, and the credentials.
  endpoints: ["credentials", "engine", "runtime", "channel", "state", "platform"],
  // Programs of sessions run in containers, are told of a task's end as hooks are, and speak over links of the channel.
  sessions: ["engine", "runtime", "channel", "platform"],
  // What is different where containers run on Windows: a platform of the runtime, attributes, the service that runs the agent.
  windows: ["channel", "runtime", "platform"],
};

const cliArrows: Readonly<Record<string, readonly string[]>> = {
  terminal: [],
  house: ["terminal"],
  engine: ["house", "terminal"],
  sample: ["house", "engine", "terminal"],
  doctor: ["engine"],
  fleet: ["house", "terminal"],
  exec: ["terminal"],
  logs: ["terminal"],
  commands: ["house", "engine", "exec", "sample", "doctor", "fleet", "logs", "terminal"],
};

/** Which of our own packages each may import. Agent and control plane share the contract and nothing else. */
const packageArrows: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  "control-plane": ["@hatoba/contract"],
  agent: ["@hatoba/contract"],
  // The CLI builds its sample's image the way the agent builds its own, and is a client of the data channel.
  cli: ["@hatoba/agent", "@hatoba/contract"],
};

/** Libraries that only one place may know. */
const onlyIn: Readonly<Record<string, RegExp>> = {
  dockerode: /^packages\/(agent\/src\/(runtime\/docker-|images\/)|cli\/src\/engine\/)/,
  "node:sqlite":
    /^packages\/(control-plane\/src\/(store\/|object-store\/|log-store\/|metrics\/|events\/outbox\/|platform\/sqlite-)|agent\/src\/(state|hooks)\/)/,
  fastify: /^packages\/control-plane\/src\/api\/http\//,
  ws: /^packages\/(control-plane\/src\/(agent-channel|sessions)|agent\/src\/channel|cli\/src\/exec)\//,
  immutable: /^packages\/control-plane\/src\/store\//,
  "@peculiar/x509": /^packages\/control-plane\/src\/tls\//,
  commander: /^packages\/cli\/src\/main\.ts$/,
};

const root = join(import.meta.dirname, "..");
const isTest = (path: string) => /\.(test|conformance|fixture)\.ts$/.test(path);

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}
const imports: readonly Import[] = globSync("packages/*/src/**/*.ts", { cwd: root }).flatMap((from) =>
  [
    ...readFileSync(join(root, from), "utf8").matchAll(
      /^(?:import|export)\s+(type\s)?[^;]*?from\s+"([^"]+)";|import\("([^"]+)"\)/gm,
    ),
  ].map(([, typeOnly, named, dynamic]) => ({ from, to: named ?? dynamic ?? "", typeOnly: typeOnly !== undefined })),
);
const packageOf = (path: string) => path.split("/")[1] ?? "";
const libraryOf = (name: string) =>
  name
    .split("/")
    .slice(0, name.startsWith("@") ? 2 : 1)
    .join("/");
const isLibrary = ({ to }: Import) => !to.startsWith(".") && !to.startsWith("node:");

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}
const manifest = (folder: string) => JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as Manifest;

test("there is something to look at", () => {
  expect(imports.length).toBeGreaterThan(100);
});

describe("packages", () => {
  test("import only libraries that they declare themselves", () => {
    const tools = manifest(".").devDependencies ?? {};
    const undeclared = imports.filter(isLibrary).filter(({ from, to }) => {
      const { dependencies = {}, devDependencies = {} } = manifest(`packages/${packageOf(from)}`);
      const allowed = isTest(from) ? { ...dependencies, ...devDependencies, ...tools } : dependencies;
      return !(libraryOf(to) in allowed);
    });
    expect(undeclared.filter(({ typeOnly }) => !typeOnly)).toEqual([]);
  });

  test("import each other by name, along the arrows", () => {
    const wrong = imports.filter(({ from, to }) => {
      const escapes =
        to.startsWith(".") && relative(`packages/${packageOf(from)}`, join(dirname(from), to)).startsWith("..");
      const foreign = to.startsWith("@hatoba/") && !packageArrows[packageOf(from)]?.includes(to);
      return escapes || foreign;
    });
    expect(wrong).toEqual([]);
  });

  test.each(Object.entries(onlyIn))("%s is imported in its own place alone", (library, place) => {
    expect(imports.filter(({ from, to }) => libraryOf(to) === library && !isTest(from) && !place.test(from))).toEqual(
      [],
    );
  });
});

describe.each([
  ["control-plane", controlPlaneArrows],
  ["agent", agentArrows],
  ["cli", cliArrows],
] as const)("rooms of %s", (name, arrows) => {
  const src = `packages/${name}/src/`;

  test("import only along the arrows", () => {
    const wrong = imports
      .filter(({ from, to }) => from.startsWith(src) && to.startsWith(".") && !isTest(from))
      .filter(({ from, to }) => {
        const file = relative(src, from);
        const target = relative(src, join(dirname(from), to));
        const room = file.split("/")[0] ?? "";
        if (!file.includes("/") || room === target.split("/")[0]) return false; // main.ts and its like wire everything
        const allowed = Object.entries(arrows).flatMap(([place, targets]) =>
          file.startsWith(`${place}/`) ? targets : [],
        );
        return !allowed.some((place) => target === place || target.startsWith(`${place}/`));
      });
    expect(wrong).toEqual([]);
  });
});

describe("pure rooms", () => {
  test.each([
    "packages/contract/src/",
    "packages/control-plane/src/model/",
    "packages/control-plane/src/placement/",
    "packages/control-plane/src/authorization/",
  ])("%s does no I/O, waits for nothing, and knows neither time nor chance", (room) => {
    const impure = globSync(`${room}**/*.ts`, { cwd: root })
      .filter((path) => !isTest(path))
      .filter((path) =>
        /\bawait\b|Date\.now|new Date\(\)|Math\.random|from "node:(?!net")/.test(
          readFileSync(join(root, path), "utf8"),
        ),
      );
    expect(impure).toEqual([]);
  });
});
