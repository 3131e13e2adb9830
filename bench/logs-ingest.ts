/**
 * Log lines end to end: ten containers write as fast as they can, through awslogs into the house until the last line can be read there,
 * against `docker logs --follow` of ten containers with the same output in json-file.
 * Run: npx node bench/logs-ingest.ts [lines of each container, default 50000]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  CreateLogGroupCommand,
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
  type LogStream,
} from "@aws-sdk/client-cloudwatch-logs";
import { RegisterTaskDefinitionCommand, RunTaskCommand } from "@aws-sdk/client-ecs";
import { eventually, type House, startHouse } from "../test/docker/house.ts";
import { testImage } from "../test/docker/image.ts";
import { report } from "./statistics.ts";

const lines = Number(process.argv[2] ?? 50_000);
const containers = 10;
const limit = 0.1;
const group = "/bench";
/** All begin at one moment, so that starting containers is no part of it. */
const untilStart = 20_000;
const script = (at: number) =>
  `until [ $(date +%s) -ge ${Math.floor(at / 1000)} ]; do usleep 20000; done; ` +
  `seq 1 ${lines} | sed 's#.*#{"level":"info","request":"&-5f2c9a","path":"/api/orders/&","status":200,"ms":12.5,"agent":"curl/8.1"}#'`;
const house = await startHouse();
try {
  const image = await testImage(house.engine);
  const peer = await followed(house, image);
  const ours = await ingested(house, image);
  const rate = ({ seconds, bytes }: Measured) => ({
    seconds,
    "events/s": Math.round((containers * lines) / seconds),
    "MB/s": bytes / 1e6 / seconds,
  });
  report(`${containers} containers, ${lines} lines each`, [
    { way: "docker logs --follow, json-file", ...rate(peer) },
    { way: "awslogs into the house", ...rate(ours) },
    { way: "share", seconds: ours.seconds / peer.seconds, "events/s": peer.seconds / ours.seconds, "MB/s": "" },
  ]);
  process.exitCode = peer.seconds / ours.seconds < limit ? 1 : 0;
} finally {
  await house.down();
}

interface Measured {
  readonly seconds: number;
  /** Of the lines, without their ends. */
  readonly bytes: number;
}

async function followed({ engine }: House, image: string): Promise<Measured> {
  const at = Date.now() + untilStart;
  const made = await Promise.all(
    Array.from({ length: containers }, async () => {
      const HostConfig = { LogConfig: { Type: "json-file", Config: {} } };
      const container = await engine.createContainer({ Image: image, Cmd: ["sh", "-c", script(at)], HostConfig });
      await container.start();
      return container;
    }),
  );
  try {
    const read = await Promise.all(
      made.map(async ({ id }) => {
        const reader = spawn("docker", ["logs", "--follow", id], { stdio: ["ignore", "pipe", "inherit"] });
        let bytes = 0;
        reader.stdout.on("data", (data: Buffer) => (bytes += data.length));
        await once(reader, "close");
        return bytes;
      }),
    );
    return {
      seconds: (Date.now() - at) / 1000,
      bytes: read.reduce((sum, bytes) => sum + bytes, 0) - containers * lines,
    };
  } finally {
    await Promise.all(made.map((container) => container.remove({ force: true })));
  }
}

async function ingested({ ecs, logs }: House, image: string): Promise<Measured> {
  const at = Date.now() + untilStart;
  await logs.send(new CreateLogGroupCommand({ logGroupName: group }));
  const options = { "awslogs-group": group, "awslogs-region": "us-east-1", "awslogs-stream-prefix": "web" };
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: "bench",
      containerDefinitions: [
        {
          name: "app",
          image,
          memory: 8,
          cpu: 2,
          command: ["sh", "-c", script(at)],
          logConfiguration: { logDriver: "awslogs", options },
        },
      ],
    }),
  );
  await ecs.send(new RunTaskCommand({ taskDefinition: "bench", count: containers }));
  const last = `{"level":"info","request":"${lines}-5f2c9a"`;
  const streams = await eventually(
    "the last line of each container can be read",
    async () => {
      const { logStreams = [] } = await logs.send(new DescribeLogStreamsCommand({ logGroupName: group }));
      if (logStreams.length < containers) return undefined;
      const ends = await Promise.all(logStreams.map((stream) => lastLine(logs, stream)));
      return ends.every((end) => end.startsWith(last)) ? logStreams : undefined;
    },
    600,
  );
  const seconds = (Date.now() - at) / 1000;
  let bytes = 0;
  for (const { logStreamName } of streams) bytes += await checked(logs, logStreamName ?? "");
  return { seconds, bytes };
}

async function lastLine(logs: House["logs"], { logStreamName }: LogStream): Promise<string> {
  const { events = [] } = await logs.send(
    new GetLogEventsCommand({ logGroupName: group, logStreamName, limit: 1, startFromHead: false }),
  );
  return events[0]?.message ?? "";
}

/** Every line is there once and in order. @returns their bytes */
async function checked(logs: House["logs"], logStreamName: string): Promise<number> {
  let [bytes, number] = [0, 0];
  for (let nextToken: string | undefined; ; ) {
    const answer = await logs.send(
      new GetLogEventsCommand({
        logGroupName: group,
        logStreamName,
        startFromHead: true,
        ...(nextToken === undefined ? {} : { nextToken }),
      }),
    );
    for (const { message = "" } of answer.events ?? []) {
      if (!message.includes(`"request":"${++number}-`))
        throw new Error(`${logStreamName}: not line ${number}: ${message}`);
      bytes += message.length;
    }
    if (answer.nextForwardToken === nextToken) break;
    nextToken = answer.nextForwardToken;
  }
  if (number !== lines) throw new Error(`${logStreamName} has ${number} lines`);
  return bytes;
}
