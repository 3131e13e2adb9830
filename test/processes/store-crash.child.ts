import { once } from "node:events";
import { writeSync } from "node:fs";
import { exampleCluster, exampleTask } from "../../packages/control-plane/src/model/examples.ts";
import { SqliteStore } from "../../packages/control-plane/src/store/sqlite-store.ts";
import type { Snapshot, Write } from "../../packages/control-plane/src/store/store.ts";
import { kept, laneNames, type Opened } from "./store-crash.report.ts";

// Commits under load until it is killed. Each lane counts up on its own; a commit takes its three clusters from n - 1 to
// n, adds task n and deletes task n - kept. Lines on stdout: what was found on opening, then `LANE N REVISION` for each
// commit that resolved. Written at once, so that a kill cannot swallow what was said.
const say = (line: string) => writeSync(1, `${line}\n`);

const corners = ["a", "b", "c"];
const corner = (lane: string, name: string) => `${lane}/${name}`;
const taskArn = (lane: string, number: number) => `${lane}/${number}`;

function look(snapshot: Snapshot): Opened {
  const revisions = [...snapshot.list("cluster"), ...snapshot.list("task")].map(({ revision }) => revision);
  const lanes = laneNames.map((lane) => ({
    lane,
    corners: corners.map((name) => snapshot.get("cluster", corner(lane, name))?.value.createdAt ?? 0),
    tasks: snapshot.list("task", { clusterArn: lane }).map(({ value }) => value.createdAt),
  }));
  return { revision: snapshot.revision, newest: Math.max(0, ...revisions), lanes };
}

function writesOf(snapshot: Snapshot, lane: string, number: number): readonly Write[] {
  const expected = (kind: "cluster" | "task", arn: string) => snapshot.get(kind, arn)?.revision ?? 0;
  const clusters = corners.map((name): Write => {
    const arn = corner(lane, name);
    return { kind: "cluster", arn, expected: expected("cluster", arn), value: exampleCluster({ createdAt: number }) };
  });
  const outdated = taskArn(lane, number - kept);
  return [
    ...clusters,
    {
      kind: "task",
      arn: taskArn(lane, number),
      expected: 0,
      value: exampleTask({ clusterArn: lane, createdAt: number }),
    },
    { kind: "task", arn: outdated, expected: expected("task", outdated), value: null },
  ];
}

async function countUp(store: SqliteStore, lane: string): Promise<never> {
  for (let number = (store.snapshot().get("cluster", corner(lane, "a"))?.value.createdAt ?? 0) + 1; ; number++) {
    const revision = await store.commit(writesOf(store.snapshot(), lane, number));
    say(`${lane} ${number} ${revision}`);
  }
}

say("ready");
process.stdin.once("end", () => process.exit()); // told to do nothing
await once(process.stdin, "data"); // the one before has to be dead first
const path = process.argv[2] ?? "";
const store = new SqliteStore({ path });
say(JSON.stringify(look(store.snapshot())));
await Promise.all(laneNames.map((lane) => countUp(store, lane)));
