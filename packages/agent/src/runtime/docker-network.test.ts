import { networkInterfaces } from "node:os";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DockerNetworks, engineBridges } from "./docker-network.ts";
import { FakeEngine } from "./engine.fixture.ts";
import { blockOf, overlap, routesOf } from "./ipv4-block.ts";

describe("DockerNetworks", () => {
  test("makes a network once, with the first address for the router", async () => {
    await using engine = await FakeEngine.start();
    const bodies: unknown[] = [];
    engine.answer = (request, response, body) => {
      if (request.method === "POST") bodies.push(JSON.parse(body));
      response.end(request.method === "POST" ? '{"Id":"1"}' : "[]");
    };
    const networks = new DockerNetworks(engine.client);
    const names = await Promise.all([networks.ensure("10.217.0.0/16"), networks.ensure("10.217.0.0/16")]);
    expect(names).toEqual(["hatoba-vpc-10-217-0-0-16", "hatoba-vpc-10-217-0-0-16"]);
    expect(bodies).toMatchObject([
      {
        IPAM: { Config: [{ Subnet: "10.217.0.0/16", Gateway: "10.217.0.1" }] },
        Labels: { "dev.hatoba.vpc-cidr": "10.217.0.0/16" },
      },
    ]);
  });

  test("one that is there is used, also if it appeared in just that moment", async () => {
    await using engine = await FakeEngine.start();
    engine.answer = (request, response) => {
      if (request.method === "GET") response.end("[]");
      else response.writeHead(409).end('{"message":"network with name x already exists"}');
    };
    expect(await new DockerNetworks(engine.client).ensure("10.217.0.0/16")).toBe("hatoba-vpc-10-217-0-0-16");
  });

  test("one that is left over from somebody else is made anew, unless it is in use", async () => {
    await using engine = await FakeEngine.start();
    let inUse = false;
    engine.answer = (request, response) => {
      if (request.method === "GET") response.end('[{"Id":"old","Labels":{"dev.hatoba.house":"other"}}]');
      else if (request.method === "DELETE" && inUse) response.writeHead(403).end('{"message":"has active endpoints"}');
      else response.end(request.method === "POST" ? '{"Id":"new"}' : "");
    };
    const ensure = () => new DockerNetworks(engine.client, { "dev.hatoba.house": "mine" }).ensure("10.217.0.0/16");
    const methods = () => engine.asked.splice(0).map((text) => text.split("?")[0]);
    await ensure();
    expect(methods()).toEqual(["GET /networks", "DELETE /networks/old", "POST /networks/create"]);
    inUse = true;
    expect(await ensure()).toBe("hatoba-vpc-10-217-0-0-16");
    expect(methods()).toEqual(["GET /networks", "DELETE /networks/old"]);
  });

  test("what failed is tried anew the next time", async () => {
    await using engine = await FakeEngine.start();
    const networks = new DockerNetworks(engine.client);
    engine.answer = (request, response) => {
      if (request.method === "GET") response.end("[]");
      else response.writeHead(403).end('{"message":"Pool overlaps with other one on this address space"}');
    };
    await expect(networks.ensure("10.217.0.0/16")).rejects.toMatchObject({
      name: "ContainerNetworkingError",
      message: expect.stringContaining(
        "10.217.0.0/16 is in use by another network of this machine (Pool overlaps",
      ) as string,
    });
    engine.answer = (_request, response) => response.end("[]");
    expect(await networks.ensure("10.217.0.0/16")).toBe("hatoba-vpc-10-217-0-0-16");
  });

  test("does not take addresses that the machine itself uses", async () => {
    await using engine = await FakeEngine.start();
    engine.answer = (_request, response) => response.end("[]");
    expect(networkInterfaces().lo?.[0]?.cidr).toBe("127.0.0.1/8");
    await expect(new DockerNetworks(engine.client).ensure("127.1.0.0/16")).rejects.toThrow("interface lo, 127.0.0.1/8");
    expect(engine.asked.filter((text) => text.startsWith("POST"))).toEqual([]);
  });

  test.each(["10.0.0.0", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/30", "::/0", ""])(
    "%j is no block of a VPC",
    async (cidr) => {
      await using engine = await FakeEngine.start();
      await expect(new DockerNetworks(engine.client).ensure(cidr)).rejects.toMatchObject({
        name: "ContainerNetworkingError",
      });
    },
  );
});

describe("address blocks", () => {
  test("span from their first address to their last", () => {
    expect(blockOf("172.31.200.7/16")).toEqual({ first: 0xac1f0000, last: 0xac1fffff });
    expect(blockOf("0.0.0.0/0")).toEqual({ first: 0, last: 0xffffffff });
    expect(blockOf("255.255.255.255/32")).toEqual({ first: 0xffffffff, last: 0xffffffff });
  });

  test("overlap if and only if one holds the other", () => {
    const cidr = fc.tuple(fc.nat(0xffffffff), fc.integer({ min: 0, max: 32 }));
    const text = ([address, bits]: [number, number]) =>
      `${[24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".")}/${bits}`;
    fc.assert(
      fc.property(cidr, cidr, (one, other) => {
        const [a, b] = [blockOf(text(one)), blockOf(text(other))];
        if (a === undefined || b === undefined) throw new Error("a block that is none");
        const holds = (outer: typeof a, inner: typeof a) => outer.first <= inner.first && inner.last <= outer.last;
        expect(overlap(a, b)).toBe(holds(a, b) || holds(b, a));
      }),
    );
  });

  test("the kernel's routes, without the default one", () => {
    const table = [
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
      "eth0\t00000000\t01001FAC\t0003\t0\t0\t0\t00000000\t0\t0\t0",
      "eth0\t00001FAC\t00000000\t0001\t0\t0\t0\t00F0FFFF\t0\t0\t0",
      "",
    ].join("\n");
    expect(routesOf(table)).toEqual([{ name: "eth0", cidr: "172.31.0.0/20" }]);
  });
});

test("an engine's bridges are named after their networks, unless those say otherwise", async () => {
  await using engine = await FakeEngine.start();
  const id = "0123456789abcdef".repeat(4);
  const networks = [
    { Id: "a".repeat(64), Options: { "com.docker.network.bridge.name": "docker0" } },
    { Id: id, Options: {} },
    { Id: "f".repeat(64), Options: null },
  ];
  engine.answer = (_request, response) => void response.end(JSON.stringify(networks));
  expect(await engineBridges(engine.client)).toEqual(["docker0", "br-0123456789ab", `br-${"f".repeat(12)}`]);
  expect(engine.asked).toEqual(['GET /networks?filters={"driver":["bridge"]}']);
});
