import type { ChannelTask } from "@hatoba/contract";
import { expect, test } from "vitest";
import { withHouseImages } from "./house-images.ts";

const registry = {
  place: { accountId: "000000000000", region: "us-east-1" },
  port: 4577,
  hosts: ["house.example:4577"],
};
const taskOf = (image: string, more: object = {}) =>
  ({ containers: [{ name: "app", image }], ...more }) as unknown as ChannelTask;
const sent = (image: string, more?: object) =>
  withHouseImages(taskOf(image, more), { reachedAt: "https://10.0.0.5:4577", registry }).containers[0];

test.each([
  "127.0.0.1:4577/team/app:1",
  "localhost:4577/team/app:1",
  "10.0.0.5:4577/team/app:1",
  "house.example:4577/team/app:1",
  "000000000000.dkr.ecr.us-east-1.amazonaws.com/team/app:1",
])("%s is the house's, by the address of the agent", (image) => {
  const ecrAuthData = {
    registryId: "000000000000",
    region: "us-east-1",
    endpointOverride: "https://10.0.0.5:4577",
    useExecutionRole: false,
  };
  expect(sent(image)).toEqual({
    name: "app",
    image: "10.0.0.5:4577/team/app:1",
    registryAuthentication: { type: "ecr", ecrAuthData },
  });
  expect(sent(image, { executionRoleCredentials: {} })?.registryAuthentication).toMatchObject({
    ecrAuthData: { useExecutionRole: true },
  });
});

test.each([
  "app",
  "team/app:1",
  "public.ecr.aws/nginx/nginx",
  "127.0.0.1:5000/app",
  "111111111111.dkr.ecr.us-east-1.amazonaws.com/app",
  "000000000000.dkr.ecr.eu-west-1.amazonaws.com/app",
])("%s is not", (image) => {
  expect(sent(image)).toEqual({ name: "app", image });
});
