import { expect, test } from "vitest";
import { detailsOf } from "./docker-details.ts";

const answer = {
  Id: "c1",
  Name: "/ecs-web-1-app-1",
  Image: "sha256:0315",
  Created: "2026-01-01T00:00:01.246985099Z",
  Config: { Labels: { mine: "yes" } },
  State: {
    Status: "running",
    ExitCode: 0,
    StartedAt: "2026-01-01T00:00:02.000000001Z",
    FinishedAt: "0001-01-01T00:00:00Z",
    Health: { Status: "unhealthy", Log: [{ ExitCode: 0 }, { ExitCode: 7, Output: "no answer\n" }] },
  },
  HostConfig: { LogConfig: { Type: "json-file", Config: { "max-size": "5m" } } },
  NetworkSettings: {
    Ports: { "80/tcp": [{ HostIp: "0.0.0.0", HostPort: "32768" }] },
    Networks: { bridge: { IPAddress: "172.17.0.2" } },
  },
  Mounts: [
    { Name: "data", Source: "/var/lib/docker/volumes/data/_data", Destination: "/data" },
    { Source: "/srv", Destination: "/srv" },
  ],
};

test("an engine's answer is what a container may read of itself", () => {
  expect(detailsOf(answer)).toEqual({
    id: "c1",
    name: "ecs-web-1-app-1",
    imageId: "sha256:0315",
    labels: { mine: "yes" },
    createdAt: "2026-01-01T00:00:01.246985099Z",
    startedAt: "2026-01-01T00:00:02.000000001Z",
    ports: [{ containerPort: 80, hostPort: 32768, protocol: "tcp", hostIp: "0.0.0.0" }],
    mounts: [
      { name: "data", source: "/var/lib/docker/volumes/data/_data", target: "/data" },
      { source: "/srv", target: "/srv" },
    ],
    logDriver: "json-file",
    logOptions: { "max-size": "5m" },
    networks: [{ name: "bridge", address: "172.17.0.2" }],
    healthCheck: { exitCode: 7, output: "no answer\n" },
  });
});

test("a container that has not run yet has no times but that of its creation", () => {
  const created = { ...answer, State: { Status: "created", ExitCode: 0, StartedAt: "0001-01-01T00:00:00Z" } };
  expect(detailsOf(created)).not.toHaveProperty("startedAt");
  expect(detailsOf(created)).not.toHaveProperty("finishedAt");
});
