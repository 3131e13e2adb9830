// The log router of the tests: listens where its generated configuration says, in the forward protocol, and prints what comes.
import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import msgpack from "/msgpack/msgpack.min.js";

const config = readFileSync("/fluent-bit/etc/fluent-bit.conf", "utf8");
const print = (what, value) => console.log(`${what} ${JSON.stringify(value)}`);
print("config", config);

const extensionCodec = new msgpack.ExtensionCodec();
extensionCodec.register({
  type: 0, // EventTime: seconds and nanoseconds
  encode: () => null,
  decode(data) {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    return { seconds: view.getUint32(0), nanoseconds: view.getUint32(4) };
  },
});

const server = (where) =>
  createServer(async (socket) => {
    try {
      for await (const message of msgpack.decodeMultiStream(socket, { extensionCodec })) {
        const [tag, time, record] = message;
        print("record", {
          where,
          tag,
          nanoseconds: time.nanoseconds,
          log: record.log,
          container: record.container_name,
        });
      }
    } catch (error) {
      print("failed", String(error));
    }
  });
const [, path] = /unix_path (.*)/.exec(config) ?? [];
const [, host] = /Listen (.*)\n {4}Port 24224/.exec(config) ?? [];
mkdirSync("/var/run", { recursive: true });
server("socket").listen(path, () => print("listening", path));
if (host !== undefined) server("port").listen(24224, host, () => print("listening", host));
process.on("SIGTERM", () => {
  print("stopping", process.env.Shared_Key_0 ?? "");
  process.exit(0);
});
