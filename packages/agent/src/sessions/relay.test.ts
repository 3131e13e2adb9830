import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { relayMany, relayOne } from "./relay.ts";
import { encodeSmux, SmuxDecoder, type SmuxFrame } from "./smux.ts";

let server: Server;
let serve: (socket: Socket) => void = () => undefined;
beforeEach(async () => {
  server = createServer((socket) => {
    socket.on("error", () => undefined);
    serve(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => void server.close());

const dial = async () => {
  const { port } = server.address() as { port: number };
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  return socket;
};
const echo = (socket: Socket) => void socket.pipe(socket);

/** The other side's view of a multiplexed relay. */
function multiplexed(dialing: () => Promise<Socket> = dial) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let refused = 0;
  const over = relayMany({ input, output, connect: dialing }, () => refused++);
  const decoder = new SmuxDecoder();
  const frames: SmuxFrame[] = [];
  const changed = new EventTarget();
  output.on("data", (chunk: Buffer) => {
    for (const frame of decoder.push(chunk)) frames.push({ ...frame, data: Buffer.from(frame.data) });
    changed.dispatchEvent(new Event("change"));
  });
  const until = async (isThere: (frame: SmuxFrame) => boolean) => {
    while (!frames.some(isThere)) await once(changed, "change");
  };
  const bytes = (stream: number) =>
    Buffer.concat(frames.flatMap((each) => (each.stream === stream && each.command === "PSH" ? [each.data] : [])));
  return { input, over, frames, until, bytes, refused: () => refused };
}
const isFin = (stream: number) => (frame: SmuxFrame) => frame.command === "FIN" && frame.stream === stream;

describe("relayMany", () => {
  test("streams do not mix, and end each for itself", async () => {
    serve = (socket) => {
      let got = "";
      socket.on("data", (chunk: Buffer) => {
        got += chunk.toString();
        if (got.endsWith("!")) socket.end(`${got}${got}`);
      });
    };
    const { input, over, until, bytes } = multiplexed();
    const streams = [3, 5, 7, 9];
    for (const stream of streams) input.write(encodeSmux("SYN", stream));
    for (const stream of streams) input.write(encodeSmux("PSH", stream, Buffer.from(`to ${stream}`)));
    for (const stream of streams.toReversed()) input.write(encodeSmux("PSH", stream, Buffer.from("!")));
    for (const stream of streams) {
      await until(isFin(stream));
      expect(bytes(stream).toString()).toBe(`to ${stream}!to ${stream}!`);
    }
    input.end();
    await over;
  });

  test("a refused connection ends its stream alone, and is told", async () => {
    serve = echo;
    let count = 0;
    const { input, over, until, bytes, refused } = multiplexed(async () => {
      if (count++ === 0) throw new Error("refused");
      return dial();
    });
    input.write(Buffer.concat([encodeSmux("SYN", 3), encodeSmux("PSH", 3, Buffer.from("lost"))]));
    await until(isFin(3));
    expect(refused()).toBe(1);
    input.write(Buffer.concat([encodeSmux("SYN", 5), encodeSmux("PSH", 5, Buffer.from("kept"))]));
    await until(({ stream, command }) => stream === 5 && command === "PSH");
    expect(bytes(5).toString()).toBe("kept");
    input.end();
    await over;
  });

  test("a connection that takes nothing stops the input, and memory does not grow", async () => {
    const stuck = Promise.withResolvers<Socket>();
    serve = (socket) => {
      socket.pause();
      stuck.resolve(socket);
    };
    const { input, over } = multiplexed();
    input.write(encodeSmux("SYN", 3));
    const chunk = encodeSmux("PSH", 3, Buffer.alloc(32_768, 1));
    const most = 64 * 1024 * 1024;
    let sent = 0;
    // Until the input is not read any more: the pipe's own buffer stays full for a while.
    for (let quiet = 0; quiet < 20 && sent < most; ) {
      if (input.writableLength > 1024 * 1024) {
        quiet++;
        await new Promise((resolve) => setImmediate(resolve));
        continue;
      }
      input.write(chunk);
      sent += chunk.length;
      if (sent % (1024 * 1024) < chunk.length) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(sent).toBeLessThan(most / 2);
    (await stuck.promise).destroy();
    input.end();
    await over;
  });

  test("what was sent before the end of a stream arrives", async () => {
    const got = Promise.withResolvers<string>();
    serve = (socket) => {
      const parts: Buffer[] = [];
      socket.on("data", (chunk: Buffer) => parts.push(chunk));
      socket.on("end", () => got.resolve(Buffer.concat(parts).toString()));
    };
    const { input, over } = multiplexed();
    input.write(
      Buffer.concat([encodeSmux("SYN", 3), encodeSmux("PSH", 3, Buffer.from("last words")), encodeSmux("FIN", 3)]),
    );
    expect(await got.promise).toBe("last words");
    input.end();
    await over;
  });
});

describe("relayOne", () => {
  test("carries both ways until the port's side ends", async () => {
    serve = (socket) => void socket.on("data", (chunk: Buffer) => socket.write(chunk)).on("end", () => socket.end());
    const [input, output] = [new PassThrough(), new PassThrough()];
    let connected = false;
    const over = relayOne({ input, output, connect: dial }, () => (connected = true));
    input.end("hello");
    await over;
    expect(connected).toBe(true);
    expect(String(output.read())).toBe("hello");
  });

  test("a port that nobody listens on is an error", async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const nobody = async () => {
      throw new Error("refused");
    };
    await expect(relayOne({ input, output, connect: nobody }, () => undefined)).rejects.toThrow("refused");
  });
});
