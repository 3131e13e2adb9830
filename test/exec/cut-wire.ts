import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** How a connection is cut: by RST, or by FIN in the middle of whatever was being said. */
export type Cut = "reset" | "end";

/** A way to an endpoint that connections can be cut on. TLS goes through it as it is. */
export class CutWire {
  readonly endpoint: string;
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();

  private constructor(endpoint: string, server: Server) {
    this.endpoint = endpoint;
    this.#server = server;
    server.on("connection", (near: Socket) => this.#join(near));
  }

  #target: { readonly host: string; readonly port: number } = { host: "", port: 0 };

  static async to(endpoint: string): Promise<CutWire> {
    const { protocol, hostname, port } = new URL(endpoint);
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const own = (server.address() as { port: number }).port;
    const wire = new CutWire(`${protocol}//127.0.0.1:${own}`, server);
    wire.#target = { host: hostname, port: Number(port) };
    return wire;
  }

  /** Cuts every connection that there is just now; bytes on their way are lost. @returns how many there were */
  cut(how: Cut): number {
    const pairs = [...this.#pairs];
    for (const pair of pairs) {
      this.#pairs.delete(pair);
      for (const socket of pair) {
        socket.unpipe();
        if (how === "reset") socket.resetAndDestroy();
        else socket.end(() => socket.destroy());
      }
    }
    return pairs.length;
  }

  close(): void {
    this.cut("reset");
    this.#server.close();
  }

  #join(near: Socket): void {
    const far = connect(this.#target);
    const pair = [near, far] as const;
    this.#pairs.add(pair);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        this.#pairs.delete(pair);
        other.destroy();
      });
      socket.pipe(other);
    }
  }
}
