import { afterEach, beforeAll, describe, expect, test } from "vitest";
import type { ContainerRuntime, ContainerSpec, LogLine, Observation } from "./container-runtime.ts";
import { ContainerFailure } from "./container-runtime.ts";

type Program = Pick<ContainerSpec, "image"> & Partial<Pick<ContainerSpec, "command" | "entryPoint">>;

/** A runtime and programs that run in it. */
export interface RuntimeUnderTest {
  readonly runtime: ContainerRuntime;
  /** Opens every name; nobody else uses names that start with it. */
  readonly prefix: string;
  /** Given to every container. */
  readonly labels: Readonly<Record<string, string>>;
  /** An address block that the machine does not use, and an address in it. */
  readonly vpc: { readonly cidr: string; readonly address: string };
  readonly programs: {
    /** Runs until it is asked to stop, and then ends at once with 0. */
    readonly waits: Program;
    /** Runs for ever and does not hear the stop signal. */
    readonly ignoresStop: Program;
    exits(code: number): Program;
    /** Writes the lines to standard output, one after another, and ends. */
    prints(lines: readonly string[]): Program;
    /** An image of this name is neither here nor anywhere. */
    readonly missingImage: Program;
  };
}

const nobody: AbortSignal = new AbortController().signal;

/** What every ContainerRuntime promises. */
export function containerRuntimeConformance(title: string, prepare: () => Promise<RuntimeUnderTest>): void {
  describe(title, () => {
    let house: RuntimeUnderTest;
    let runtime: ContainerRuntime;
    let count = 0;
    const made: string[] = [];

    beforeAll(async () => {
      house = await prepare();
      runtime = house.runtime;
    });
    afterEach(async () => {
      await Promise.all(made.splice(0).map((id) => runtime.remove(id)));
    });

    const newName = () => `${house.prefix}-${count++}`;
    const specOf = (program: Program, more: Partial<ContainerSpec> = {}): ContainerSpec => ({
      name: newName(),
      environment: {},
      cpuShares: 2,
      memoryMiB: 32,
      network: { mode: "none" },
      ports: [],
      mounts: [],
      volumesFrom: [],
      links: [],
      dockerConfig: {},
      dockerHostConfig: {},
      ...program,
      ...more,
      labels: { ...house.labels, ...more.labels },
    });
    const create = async (program: Program, more?: Partial<ContainerSpec>) => {
      const id = await runtime.create(specOf(program, more));
      made.push(id);
      return id;
    };
    const run = async (program: Program, more?: Partial<ContainerSpec>) => {
      const id = await create(program, more);
      await runtime.start(id);
      return id;
    };
    const ended = (id: string) => observed(runtime, id, ({ status }) => status === "STOPPED");

    test("says what the machine has", async () => {
      const facts = await runtime.describe();
      expect(facts.cpus).toBeGreaterThan(0);
      expect(facts.memoryMiB).toBeGreaterThan(0);
      expect(["x86_64", "arm64"]).toContain(facts.architecture);
    });

    test("a container is created, runs and ends with its exit code", async () => {
      const id = await create(house.programs.exits(7), { labels: { colour: "blue" } });
      expect(await runtime.inspect(id)).toMatchObject({ id, status: "CREATED", labels: { colour: "blue" } });
      expect(await runtime.inspect(id)).not.toHaveProperty("exitCode");
      await runtime.start(id);
      const end = await ended(id);
      expect(end).toMatchObject({ status: "STOPPED", exitCode: 7 });
      expect(end.finishedAt ?? 0).toBeGreaterThanOrEqual(end.startedAt ?? Number.POSITIVE_INFINITY);
    });

    test("a container of the same name is returned untouched", async () => {
      const spec = specOf(house.programs.waits);
      const id = await runtime.create(spec);
      made.push(id);
      await runtime.start(id);
      expect(await runtime.create({ ...spec, environment: { OTHER: "1" } })).toBe(id);
      expect((await runtime.inspect(id))?.status).toBe("RUNNING");
    });

    test("a container's details are there as long as it is, and what it uses as long as it runs", async () => {
      const id = await create(house.programs.waits);
      expect(await runtime.stats(id)).toBeUndefined();
      await runtime.start(id);
      const details = await runtime.details(id);
      expect(details).toMatchObject({ id, labels: house.labels, ports: [], mounts: [] });
      expect(details?.imageId).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(Date.parse(details?.startedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(details?.createdAt ?? ""));
      expect(details).not.toHaveProperty("finishedAt");
      expect(await runtime.stats(id)).toMatchObject({ id, cpu_stats: { cpu_usage: {} }, memory_stats: {} });
      await runtime.stop(id, 1);
      expect(await runtime.details(id)).toHaveProperty("finishedAt");
      expect(await runtime.stats(id)).toBeUndefined();
      await runtime.remove(id);
      expect(await runtime.details(id)).toBeUndefined();
      expect(await runtime.stats(id)).toBeUndefined();
    });

    test("starting what runs changes nothing", async () => {
      const id = await run(house.programs.waits);
      const before = await runtime.inspect(id);
      await runtime.start(id);
      expect((await runtime.inspect(id))?.startedAt).toBe(before?.startedAt);
    });

    test("stop asks first", async () => {
      const id = await run(house.programs.waits);
      await runtime.stop(id, 30);
      expect(await runtime.inspect(id)).toMatchObject({ status: "STOPPED", exitCode: 0 });
    });

    test("stop kills what does not listen once the grace is over", async () => {
      const id = await run(house.programs.ignoresStop);
      await runtime.stop(id, 1);
      expect(await runtime.inspect(id)).toMatchObject({ status: "STOPPED", exitCode: 137 });
    });

    test("stopping what has ended, or is gone, is done at once", async () => {
      const id = await run(house.programs.exits(0));
      await ended(id);
      await runtime.stop(id, 30);
      expect(await runtime.inspect(id)).toMatchObject({ status: "STOPPED", exitCode: 0 });
      await runtime.remove(id);
      await runtime.stop(id, 30);
    });

    test("a removed container is gone, running or not, and can be removed again", async () => {
      const ids = [await create(house.programs.waits), await run(house.programs.waits)];
      for (const id of ids) {
        await runtime.remove(id);
        await runtime.remove(id);
        expect(await runtime.inspect(id)).toBeUndefined();
      }
    });

    test("lists by all of the labels", async () => {
      const label = { set: house.prefix };
      const both = await create(house.programs.waits, { labels: { ...label, colour: "red" } });
      const running = await run(house.programs.waits, { labels: label });
      const ids = async (labels: Record<string, string>) => (await runtime.list(labels)).map(({ id }) => id).toSorted();
      expect(await ids(label)).toEqual([both, running].toSorted());
      expect(await ids({ ...label, colour: "red" })).toEqual([both]);
      expect(await ids({ ...label, colour: "green" })).toEqual([]);
    });

    test("an image that does not exist fails by name, and leaves nothing", async () => {
      const spec = specOf(house.programs.missingImage);
      const failed = runtime.pull(spec.image, "default", nobody);
      await expect(failed).rejects.toMatchObject({ name: "CannotPullContainerError" });
      await expect(failed).rejects.toBeInstanceOf(ContainerFailure);
      await expect(runtime.create(spec)).rejects.toMatchObject({
        name: "CannotCreateContainerError",
        retriable: false,
      });
      expect(await runtime.inspect(spec.name)).toBeUndefined();
    });

    test("an image that is here needs no registry", async () => {
      const { image } = house.programs.waits;
      for (const behaviour of ["default", "once", "prefer-cached"] as const) {
        expect((await runtime.pull(image, behaviour, nobody)).pulled).toBe(false);
      }
    });

    test("events tell of a start and of an end", async () => {
      const id = await create(house.programs.waits);
      const { seen, stop } = listen(runtime, id);
      await runtime.start(id);
      await seen("RUNNING");
      await runtime.stop(id, 30);
      await seen("STOPPED");
      await stop();
    });

    test("the output can be read from every place in it, and ends with the container", async () => {
      const texts = ["one", "two", "", "three", "  four  ", "fünf"];
      const id = await run(house.programs.prints(texts));
      await ended(id);
      const lines = await linesOf(runtime, id);
      expect(lines.map(({ text }) => text)).toEqual(texts);
      expect(lines.map(({ time }) => time)).toEqual(lines.map(({ time }) => time).toSorted((a, b) => a - b));
      for (const [at, { position }] of lines.entries()) {
        expect((await linesOf(runtime, id, position)).map(({ text }) => text)).toEqual(texts.slice(at + 1));
      }
    });

    test("output is told as it comes", async () => {
      const id = await run(house.programs.waits);
      const giveUp = new AbortController();
      const reading = linesOf(runtime, id, undefined, giveUp.signal);
      await runtime.stop(id, 30);
      expect(await reading).toEqual([]);
      giveUp.abort();
    });

    test("volumes are made and removed by name, twice with the same result", async () => {
      const name = newName();
      const spec = { name, labels: house.labels };
      expect(await runtime.hasVolume(name)).toBe(false);
      await runtime.createVolume(spec);
      await runtime.createVolume(spec);
      expect(await runtime.hasVolume(name)).toBe(true);
      await runtime.removeVolume(name);
      await runtime.removeVolume(name);
      expect(await runtime.hasVolume(name)).toBe(false);
    });

    test("a container in a VPC has the address it was given", async () => {
      const { cidr, address } = house.vpc;
      const network = await runtime.ensureVpcNetwork(cidr);
      expect(await runtime.ensureVpcNetwork(cidr)).toBe(network);
      const id = await run(house.programs.waits, {
        network: {
          mode: "vpc",
          network,
          address,
          macAddress: "0a:12:34:56:78:9a",
          hostname: "ip-10-0-0-9.ec2.internal",
        },
      });
      expect((await runtime.inspect(id))?.address).toBe(address);
    });

    test("what is no address block gets no network", async () => {
      await expect(runtime.ensureVpcNetwork("172.31.0.0")).rejects.toMatchObject({ name: "ContainerNetworkingError" });
    });

    test("a port of the machine belongs to one container", async () => {
      const port = { containerPort: 80, hostPort: 0, protocol: "tcp" } as const;
      const first = await run(house.programs.waits, { network: { mode: "bridge" }, ports: [port] });
      const bound = (await runtime.inspect(first))?.ports.find(({ containerPort }) => containerPort === 80);
      expect(bound?.hostPort).toBeGreaterThan(0);

      const taken = { ...port, hostPort: bound?.hostPort ?? 0 };
      const second = await create(house.programs.waits, { network: { mode: "bridge" }, ports: [taken] });
      await expect(runtime.start(second)).rejects.toMatchObject({
        name: "CannotStartContainerError",
        message: expect.stringContaining("port is already allocated") as string,
      });
      await runtime.remove(first);
      await runtime.start(second);
      expect((await runtime.inspect(second))?.ports).toContainEqual({ ...taken, hostIp: "0.0.0.0" });
    });
  });
}

/** Waits, by the runtime's events, until a container looks as wanted. */
export async function observed(
  runtime: ContainerRuntime,
  id: string,
  wanted: (observation: Observation) => boolean,
): Promise<Observation> {
  const enough = new AbortController();
  const look = async () => {
    const observation = await runtime.inspect(id);
    return observation !== undefined && wanted(observation) ? observation : undefined;
  };
  // The subscription first, so that nothing falls between the look and it.
  const events = runtime.events(enough.signal)[Symbol.asyncIterator]();
  try {
    for (let next = events.next(); ; next = events.next()) {
      const now = await look();
      if (now !== undefined) return now;
      if ((await next).done) throw new Error(`events ended before container ${id} was as wanted`);
    }
  } finally {
    enough.abort();
  }
}

/** Follows a container's statuses as events tell of them. */
function listen(runtime: ContainerRuntime, id: string) {
  const enough = new AbortController();
  const statuses: string[] = [];
  let told: () => void = () => undefined;
  const reading = (async () => {
    for await (const event of runtime.events(enough.signal)) {
      if (event.kind === "container" && event.id !== id) continue;
      statuses.push((await runtime.inspect(id))?.status ?? "GONE");
      told();
    }
  })();
  return {
    seen: async (status: string) => {
      while (!statuses.includes(status)) await new Promise<void>((resolve) => (told = resolve));
    },
    stop: async () => {
      enough.abort();
      await reading;
    },
  };
}

/** All lines of a container's output after `since`, to its end. */
export async function linesOf(
  runtime: ContainerRuntime,
  id: string,
  since?: LogLine["position"],
  signal: AbortSignal = nobody,
): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for await (const line of runtime.logs(id, since, signal)) lines.push(line);
  return lines;
}
