import type { IncomingMessage, ServerResponse } from "node:http";
import { FakeEngine } from "../runtime/engine.fixture.ts";
import { type CreateRequest, refusedByWindows } from "./windows-refusals.fixture.ts";

/** What STATUS_CONTROL_C_EXIT is in the engine's words: how a console program ends that is asked to. */
export const controlCExit = 3_221_225_786;

interface Container {
  readonly id: string;
  readonly name: string;
  readonly body: CreateRequest;
  status: "created" | "running" | "exited";
  exitCode: number;
  readonly ports: Record<string, readonly { HostIp: string; HostPort: string }[]>;
  /** Asked to wait for its end. */
  readonly waiting: ServerResponse[];
}

const build = "20348.2700";
const neverYet = "0001-01-01T00:00:00Z";
const started = "2026-01-01T00:00:00.5Z";
const finished = "2026-01-01T00:00:01Z";

/**
 * A Docker Engine on Windows Server 2022 as far as an agent can tell: what it says of itself, what it refuses and how, `nat` in
 * place of `bridge`, exit codes of 32 bits. Nothing runs: tests end containers by `exit`.
 */
export class WindowsDocker implements AsyncDisposable {
  readonly engine: FakeEngine;
  readonly containers = new Map<string, Container>();
  readonly volumes = new Map<string, { readonly Driver: string }>();
  /** Images that there are for Windows, and whether each has been pulled. */
  readonly images = new Map<string, boolean>([["iis", false]]);
  /** What each container writes, by image. */
  readonly output = new Map<string, string>();
  readonly #listeners = new Set<ServerResponse>();
  #made = 0;

  private constructor(engine: FakeEngine) {
    this.engine = engine;
    engine.answer = (request, response, body) => this.#answer(request, response, body);
  }

  static async start(): Promise<WindowsDocker> {
    return new WindowsDocker(await FakeEngine.start());
  }

  /** The one container of this ECS name. */
  find(name: string): Container {
    const found = [...this.containers.values()].find(
      ({ body }) => body.Labels?.["com.amazonaws.ecs.container-name"] === name,
    );
    if (found === undefined) throw new Error(`no container ${name}`);
    return found;
  }

  /** Its program ends. */
  exit(name: string, exitCode: number): void {
    this.#ended(this.find(name), exitCode);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const listener of this.#listeners) listener.end();
    await this.engine[Symbol.asyncDispose]();
  }

  #answer(request: IncomingMessage, response: ServerResponse, body: string): void {
    const url = new URL(request.url ?? "", "http://engine");
    const [, kind = "", id = "", act = ""] = url.pathname.split("/");
    switch (`${request.method} ${kind}`) {
      case "GET version":
        return json(response, 200, version);
      case "GET info":
        return json(response, 200, info);
      case "GET events":
        response.writeHead(200).flushHeaders();
        this.#listeners.add(response);
        return;
      case "POST images":
        return this.#pull(url.searchParams.get("fromImage") ?? "", response);
      case "GET images":
        return this.#image(decodeURIComponent(url.pathname.slice("/images/".length, -"/json".length)), response);
      case "POST volumes":
        return this.#createVolume(JSON.parse(body) as { Name: string; Driver: string }, response);
      case "DELETE volumes":
        return json(response, this.volumes.delete(decodeURIComponent(id)) ? 204 : 404);
      case "POST containers":
        if (id === "create") return this.#create(url.searchParams.get("name") ?? "", body, response);
        return this.#act(act, this.#get(id), response);
      case "GET containers":
        if (id === "json") return this.#list(url, response);
        return act === "logs" ? this.#logs(this.#get(id), response) : this.#inspect(this.#get(id), response);
      case "DELETE containers":
        return this.#remove(this.#get(id), response);
      default:
        return json(response, 404, { message: "page not found" });
    }
  }

  #get(idOrName: string): Container | undefined {
    return this.containers.get(idOrName) ?? [...this.containers.values()].find(({ name }) => name === idOrName);
  }

  #pull(image: string, response: ServerResponse): void {
    const name = image.replace(/:latest$/, "");
    const known = this.images.has(name);
    if (known) this.images.set(name, true);
    const error = `no matching manifest for windows/amd64 10.0.${build} in the manifest list entries`;
    const said = known ? { status: "Status: Downloaded newer image" } : { errorDetail: { message: error }, error };
    response.writeHead(200).end(`${JSON.stringify({ status: "Pulling from library" })}\r\n${JSON.stringify(said)}\r\n`);
  }

  #image(image: string, response: ServerResponse): void {
    if (this.images.get(image.replace(/:latest$/, "")) !== true) {
      return json(response, 404, { message: `No such image: ${image}` });
    }
    return json(response, 200, { Id: `sha256:${"a".repeat(64)}`, Os: "windows", RepoDigests: [`${image}@sha256:b`] });
  }

  #createVolume({ Name, Driver }: { Name: string; Driver: string }, response: ServerResponse): void {
    this.volumes.set(Name, { Driver });
    return json(response, 201, { Name, Driver, Mountpoint: `C:\\ProgramData\\docker\\volumes\\${Name}\\_data` });
  }

  #create(name: string, text: string, response: ServerResponse): void {
    const body = JSON.parse(text) as CreateRequest;
    const refusal = refusedByWindows(body);
    if (refusal !== undefined) return json(response, 400, { message: refusal });
    if (this.images.get(body.Image) !== true) return json(response, 404, { message: `No such image: ${body.Image}` });
    if (this.#get(name) !== undefined)
      return json(response, 409, { message: `Conflict. The container name "/${name}"` });
    this.#made += 1;
    const id = this.#made.toString(16).padStart(64, "0");
    this.containers.set(id, { id, name, body, status: "created", exitCode: 0, ports: {}, waiting: [] });
    return json(response, 201, { Id: id, Warnings: [] });
  }

  #act(act: string, container: Container | undefined, response: ServerResponse): void {
    if (container === undefined) return json(response, 404, { message: "No such container" });
    if (act === "start") return this.#start(container, response);
    if (act === "stop") {
      if (container.status !== "running") return json(response, 304);
      this.#ended(container, controlCExit);
      return json(response, 204);
    }
    if (container.status !== "running") return json(response, 200, { StatusCode: container.exitCode });
    container.waiting.push(response);
    return undefined;
  }

  #start(container: Container, response: ServerResponse): void {
    const { HostConfig: host = {} } = container.body;
    if (!["nat", "none"].includes(host.NetworkMode ?? "")) {
      return json(response, 404, { message: `network ${host.NetworkMode} not found` });
    }
    for (const [port, bindings] of Object.entries(host.PortBindings ?? {})) {
      container.ports[port] = bindings.map(({ HostPort }, index) => ({
        HostIp: "0.0.0.0",
        HostPort: HostPort || String(49_200 + this.#made * 10 + index),
      }));
    }
    container.status = "running";
    this.#tell("start", container);
    return json(response, 204);
  }

  #ended(container: Container, exitCode: number): void {
    container.status = "exited";
    container.exitCode = exitCode;
    for (const waiting of container.waiting.splice(0)) json(waiting, 200, { StatusCode: exitCode });
    this.#tell("die", container);
  }

  #remove(container: Container | undefined, response: ServerResponse): void {
    if (container === undefined) return json(response, 404, { message: "No such container" });
    this.containers.delete(container.id);
    this.#tell("destroy", container);
    return json(response, 204);
  }

  #list(url: URL, response: ServerResponse): void {
    const { label = [] } = JSON.parse(url.searchParams.get("filters") ?? "{}") as { label?: readonly string[] };
    const has = ({ body }: Container) =>
      label.every((each) => {
        const [name = "", value] = each.split("=");
        return body.Labels?.[name] === value;
      });
    return json(
      response,
      200,
      [...this.containers.values()].filter(has).map(({ id }) => ({ Id: id })),
    );
  }

  #inspect(container: Container | undefined, response: ServerResponse): void {
    if (container === undefined) return json(response, 404, { message: "No such container" });
    const { id, name, body, status, exitCode, ports } = container;
    const isRunning = status === "running";
    return json(response, 200, {
      Id: id,
      Name: `/${name}`,
      Platform: "windows",
      Driver: "windowsfilter",
      Config: { Labels: body.Labels, Tty: false },
      HostConfig: { ...body.HostConfig, Isolation: "process", LogConfig: { Type: "json-file", Config: {} } },
      State: {
        Status: status,
        OOMKilled: false,
        ExitCode: exitCode,
        Error: "",
        StartedAt: status === "created" ? neverYet : started,
        FinishedAt: status === "exited" ? finished : neverYet,
      },
      NetworkSettings: {
        Ports: isRunning ? ports : {},
        Networks: { nat: { IPAddress: isRunning ? "172.22.16.5" : "" } },
      },
    });
  }

  /** One frame of standard output, as the engine multiplexes it. */
  #logs(container: Container | undefined, response: ServerResponse): void {
    const text = Buffer.from(
      `${started.replace(".5Z", ".500000000Z")} ${this.output.get(container?.body.Image ?? "")}\r\n`,
    );
    const head = Buffer.alloc(8);
    head.writeUInt8(1, 0);
    head.writeUInt32BE(text.length, 4);
    response.writeHead(200).end(Buffer.concat([head, text]));
  }

  #tell(action: string, { id, body }: Container): void {
    const event = { Type: "container", Action: action, Actor: { ID: id, Attributes: body.Labels } };
    for (const listener of this.#listeners) listener.write(`${JSON.stringify(event)}\n`);
  }
}

function json(response: ServerResponse, status: number, body?: unknown): void {
  response
    .writeHead(status, { "content-type": "application/json" })
    .end(body === undefined ? "" : JSON.stringify(body));
}

const version = {
  Version: "26.1.4",
  ApiVersion: "1.45",
  MinAPIVersion: "1.24",
  Os: "windows",
  Arch: "amd64",
  KernelVersion: "10.0 20348 (20348.1.amd64fre.fe_release.210507-1500)",
};
const info = {
  OSType: "windows",
  OSVersion: "10.0.20348",
  OperatingSystem: `Microsoft Windows Server Version 21H2 (OS Build ${build})`,
  KernelVersion: version.KernelVersion,
  Architecture: "x86_64",
  NCPU: 4,
  MemTotal: 17_179_398_144,
  Driver: "windowsfilter",
  Isolation: "process",
  DefaultAddressPools: [],
  Plugins: {
    Volume: ["local"],
    Network: ["ics", "internal", "l2bridge", "l2tunnel", "nat", "null", "overlay", "private", "transparent"],
    Log: ["awslogs", "etwlogs", "fluentd", "gcplogs", "gelf", "json-file", "local", "splunk", "syslog"],
  },
};
