import type { Volume } from "@aws-sdk/client-ecs";
import type { ChannelVolume } from "@hatoba/contract";
import { expect, test } from "vitest";
import { channelVolume } from "./channel-volume.ts";
import { gatewayOf } from "./network-interface.ts";

test.each<[string, Volume, ChannelVolume]>([
  ["without anything", { name: "v" }, { name: "v", host: {} }],
  ["an empty host", { name: "v", host: {} }, { name: "v", host: {} }],
  ["a host's path", { name: "v", host: { sourcePath: "/srv" } }, { name: "v", host: { sourcePath: "/srv" } }],
  [
    "docker, of the task unless it says otherwise",
    { name: "v", dockerVolumeConfiguration: { driver: "local" } },
    { name: "v", type: "docker", dockerVolumeConfiguration: { scope: "task", driver: "local" } },
  ],
  [
    "docker, shared",
    {
      name: "v",
      dockerVolumeConfiguration: {
        scope: "shared",
        autoprovision: true,
        driver: "local",
        driverOpts: { type: "nfs" },
        labels: { a: "b" },
      },
    },
    {
      name: "v",
      type: "docker",
      dockerVolumeConfiguration: {
        scope: "shared",
        autoprovision: true,
        driver: "local",
        driverOpts: { type: "nfs" },
        labels: { a: "b" },
      },
    },
  ],
  [
    "efs",
    {
      name: "v",
      efsVolumeConfiguration: {
        fileSystemId: "fs-1",
        rootDirectory: "/",
        transitEncryption: "ENABLED",
        authorizationConfig: { accessPointId: "fsap-1", iam: "ENABLED" },
      },
    },
    {
      name: "v",
      type: "efs",
      efsVolumeConfiguration: {
        fileSystemId: "fs-1",
        rootDirectory: "/",
        transitEncryption: "ENABLED",
        authorizationConfig: { accessPointId: "fsap-1", iam: "ENABLED" },
      },
    },
  ],
  [
    "fsx",
    {
      name: "v",
      fsxWindowsFileServerVolumeConfiguration: {
        fileSystemId: "fs-2",
        rootDirectory: "share",
        authorizationConfig: { credentialsParameter: "arn", domain: "example.com" },
      },
    },
    {
      name: "v",
      type: "fsxWindowsFileServer",
      fsxWindowsFileServerVolumeConfiguration: {
        fileSystemId: "fs-2",
        rootDirectory: "share",
        authorizationConfig: { credentialsParameter: "arn", domain: "example.com" },
      },
    },
  ],
])("a volume: %s", (_case, volume, expected) => {
  expect(channelVolume(volume)).toEqual(expected);
});

test.each([
  ["172.31.0.0/20", "172.31.0.1/20"],
  ["172.31.16.0/20", "172.31.16.1/20"],
  ["10.0.0.128/28", "10.0.0.129/28"],
])("the gateway of %s is %s", (block, gateway) => {
  expect(gatewayOf(block)).toBe(gateway);
});
