import { Readable } from "node:stream";
import { extract } from "tar-stream";
import { describe, expect, test } from "vitest";
import { imageArchive } from "./image-archive.ts";
import { pauseImageArchive } from "./pause-image.ts";
import { pauseProgram } from "./pause-program.ts";

async function contentOf(archive: Buffer): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const reading = extract();
  Readable.from([archive]).pipe(reading as unknown as NodeJS.WritableStream);
  for await (const entry of reading) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry) chunks.push(chunk as Uint8Array);
    files.set(entry.header.name, Buffer.concat(chunks));
  }
  return files;
}

describe("imageArchive", () => {
  const spec = {
    tag: "hatoba/example:1",
    architecture: "amd64",
    layers: [[{ path: "a/b/hello", content: "hello" }], [{ path: "bin/hi", linkTo: "/a/b/hello" }]],
    config: {
      command: ["/a/b/hello"],
      environment: { COLOUR: "blue" },
      exposedPorts: ["80/tcp"],
      stopSignal: "SIGQUIT",
    },
  } as const;

  test("names its layers and its configuration as `docker save` does", async () => {
    const files = await contentOf(await imageArchive(spec));
    const [manifest] = JSON.parse(files.get("manifest.json")?.toString() ?? "") as [
      { Config: string; RepoTags: string[]; Layers: string[] },
    ];
    expect(manifest.RepoTags).toEqual(["hatoba/example:1"]);
    const config = JSON.parse(files.get(manifest.Config)?.toString() ?? "") as Record<string, unknown>;
    expect(config).toMatchObject({
      architecture: "amd64",
      os: "linux",
      config: { Cmd: ["/a/b/hello"], ExposedPorts: { "80/tcp": {} }, StopSignal: "SIGQUIT" },
    });
    const digests = (config.rootfs as { diff_ids: string[] }).diff_ids;
    expect(digests.map((digest) => `${digest.replace("sha256:", "")}/layer.tar`)).toEqual(manifest.Layers);
    const layer = await contentOf(files.get(manifest.Layers[0] ?? "") ?? Buffer.alloc(0));
    expect([...layer.keys()]).toEqual(["a/", "a/b/", "a/b/hello"]);
  });

  test("gives the same bytes for the same image", async () => {
    expect((await imageArchive(spec)).equals(await imageArchive(spec))).toBe(true);
  });
});

describe.each([
  ["amd64", 62],
  ["arm64", 183],
] as const)("the pause program for %s", (architecture, machine) => {
  test("is an executable that starts behind its headers", () => {
    const program = pauseProgram(architecture);
    expect(program.subarray(0, 4).toString("latin1")).toBe("\x7fELF");
    expect(program.readUInt16LE(18)).toBe(machine);
    expect(program.readBigUInt64LE(24) - program.readBigUInt64LE(80)).toBe(120n);
    expect(Number(program.readBigUInt64LE(96))).toBe(program.length);
    expect(program.length).toBeLessThan(200);
  });

  test("makes a small image", async () => {
    expect((await pauseImageArchive(architecture)).length).toBeLessThan(10_000);
  });
});
