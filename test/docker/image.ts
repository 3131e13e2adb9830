import { join } from "node:path";
import { buildImage, busyboxImage } from "@hatoba/agent";
import type Docker from "dockerode";
import { layoutOf } from "../../packages/cli/src/house/layout.ts";
import { findBusybox } from "../../packages/cli/src/sample/busybox.ts";

/** What the tests fetch stays with the checkout. */
const cache = join(import.meta.dirname, "../../node_modules/.cache/hatoba");

/** A static busybox of this machine, fetched from the distribution if there is none. @throws Error that says what to install */
export const testBusybox = (): Promise<string> => findBusybox(layoutOf(cache), console.log);

/** The busybox image, built on this engine if it is not there. @returns its name */
export async function testImage(engine: Docker): Promise<string> {
  const present = await engine
    .getImage(busyboxImage)
    .inspect()
    .then(
      () => true,
      () => false,
    );
  if (!present) await buildImage(engine, { tag: busyboxImage, busybox: await testBusybox() });
  return busyboxImage;
}
