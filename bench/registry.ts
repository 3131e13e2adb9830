/**
 * The house's registry against Debian's docker-registry on the same disk in the same run, turn by turn: a blob pushed and pulled over
 * plain HTTP, and an image pushed and pulled by Docker. What the house acknowledges is flushed to disk; the peer does not flush.
 * Limit: half of the peer's throughput over HTTP either way.
 * Run: HATOBA_DOCKER_REGISTRY=/usr/bin/docker-registry npx node bench/registry.ts [MB of a blob, default 128]
 */
import { execFile, spawn } from "node:child_process";
import { createHash, randomFillSync } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { CreateRepositoryCommand, ECRClient, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import { eventually, freePort, startHouse } from "../test/docker/house.ts";
import { median, report } from "./statistics.ts";

const megabytes = Number(process.argv[2] ?? 128);
const rounds = 5;
const dockerMegabytes = 64;
const limit = 0.5;
const peer = process.env["HATOBA_DOCKER_REGISTRY"] ?? "/usr/bin/docker-registry";
if (!existsSync(peer)) {
  console.error(
    `${peer} is not there: apt-get download docker-registry, dpkg-deb -x, and name it in HATOBA_DOCKER_REGISTRY`,
  );
  process.exit(2);
}

/** A registry to push to: its address, the name of a repository there, and how to log in. */
interface Registry {
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
}

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "hatoba-bench-registry-"));
const env = { ...process.env, DOCKER_CONFIG: join(folder, "docker"), DOCKER_BUILDKIT: "0" };
const docker = (...args: string[]) => run("docker", args, { env });

async function startPeer() {
  const host = `127.0.0.1:${await freePort()}`;
  const config = join(folder, "peer.yml");
  writeFileSync(
    config,
    `version: 0.1\nlog: { level: error }\nstorage: { filesystem: { rootdirectory: ${join(folder, "peer")} } }\nhttp: { addr: ${host} }\n`,
  );
  const child = spawn(peer, ["serve", config], { stdio: "ignore" });
  await eventually("the peer", () =>
    fetch(`http://${host}/v2/`).then(
      () => true,
      () => undefined,
    ),
  );
  return { registry: { host, headers: {} } satisfies Registry, stop: () => child.kill() };
}

async function startOurs() {
  const house = await startHouse({ dataDir: join(folder, "house") });
  const { AWS_ACCESS_KEY_ID: accessKeyId = "", AWS_SECRET_ACCESS_KEY: secretAccessKey = "" } = house.env;
  const { endpoint } = house;
  const ecr = new ECRClient({ endpoint, region: "us-east-1", credentials: { accessKeyId, secretAccessKey } });
  await ecr.send(new CreateRepositoryCommand({ repositoryName: "bench" }));
  const { authorizationData: [data] = [] } = await ecr.send(new GetAuthorizationTokenCommand({}));
  const authorization = `Basic ${data?.authorizationToken ?? ""}`;
  const host = new URL(endpoint).host;
  const login = run("docker", ["login", "-u", "AWS", "--password-stdin", host], { env });
  login.child.stdin?.end(
    Buffer.from(data?.authorizationToken ?? "", "base64")
      .toString()
      .slice("AWS:".length),
  );
  await login;
  return { registry: { host, headers: { authorization } } satisfies Registry, stop: () => house.down() };
}

/** @returns MB/s of a push and of a pull */
async function overHttp({ host, headers }: Registry): Promise<readonly [number, number]> {
  const content = randomFillSync(Buffer.alloc(megabytes * 1e6));
  const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
  const base = `http://${host}`;
  const pushed = performance.now();
  const begun = await fetch(`${base}/v2/bench/blobs/uploads/`, { method: "POST", headers });
  const location = new URL(begun.headers.get("location") ?? "", base);
  location.searchParams.set("digest", digest);
  const put = await fetch(location, {
    method: "PUT",
    headers: { ...headers, "content-type": "application/octet-stream" },
    body: content,
  });
  if (put.status !== 201) throw new Error(`${host} answers ${put.status}: ${await put.text()}`);
  const pulling = performance.now();
  const pulled = await fetch(`${base}/v2/bench/blobs/${digest}`, { headers });
  let bytes = 0;
  for await (const chunk of pulled.body ?? []) bytes += (chunk as Uint8Array).length;
  const done = performance.now();
  if (bytes !== content.length) throw new Error(`${host} gave ${bytes} bytes`);
  const speed = (milliseconds: number) => megabytes / (milliseconds / 1000);
  return [speed(pulling - pushed), speed(done - pulling)];
}

/** An image of one layer that nobody has, built anew. @returns MB/s of a push and of a pull */
async function byDocker({ host }: Registry, round: number): Promise<readonly [number, number]> {
  const name = `${host}/bench:r${round}`;
  writeFileSync(join(folder, "layer"), randomFillSync(Buffer.alloc(dockerMegabytes * 1e6)));
  writeFileSync(join(folder, "Dockerfile"), "FROM scratch\nCOPY layer /layer\n");
  writeFileSync(join(folder, ".dockerignore"), "*\n!layer\n");
  await docker("build", "-q", "-t", name, folder);
  const timed = async (...args: string[]) => {
    const started = performance.now();
    await docker(...args);
    return dockerMegabytes / ((performance.now() - started) / 1000);
  };
  try {
    const push = await timed("push", "-q", name);
    await docker("rmi", name);
    return [push, await timed("pull", "-q", name)];
  } finally {
    await docker("rmi", "-f", name).catch(() => undefined);
  }
}

const other = await startPeer();
const ours = await startOurs();
const speeds = { http: [[], [], [], []] as number[][], docker: [[], [], [], []] as number[][] };
try {
  for (let round = 0; round < rounds; round++) {
    for (const [at, { registry }] of [ours, other].entries()) {
      const http = await overHttp(registry);
      speeds.http[at]?.push(http[0]);
      speeds.http[at + 2]?.push(http[1]);
      const engine = await byDocker(registry, round);
      speeds.docker[at]?.push(engine[0]);
      speeds.docker[at + 2]?.push(engine[1]);
    }
  }
} finally {
  other.stop();
  await ours.stop();
  rmSync(folder, { recursive: true, force: true });
}
const rows = (["http", "docker"] as const).flatMap((way) =>
  (["push", "pull"] as const).map((act, at) => {
    const [mine, peers] = [median(speeds[way][at * 2] ?? []), median(speeds[way][at * 2 + 1] ?? [])];
    return { way, act, "house MB/s": mine, "docker-registry MB/s": peers, ratio: mine / peers };
  }),
);
report(
  `${rounds} rounds: a blob of ${megabytes} MB over HTTP, an image of ${dockerMegabytes} MB by Docker; medians`,
  rows,
);
const missed = rows.filter(({ way, ratio }) => way === "http" && ratio < limit);
if (missed.length > 0) {
  console.error(`Below ${limit} of docker-registry: ${missed.map(({ act }) => act).join(", ")}`);
  process.exitCode = 1;
}
