import { buildImage, busyboxImage } from "@hatoba/agent";
import type Docker from "dockerode";
import { layoutOf } from "../../packages/cli/src/house/layout.ts";
import { findBusybox } from "../../packages/cli/src/sample/busybox.ts";

/** The busybox image, built on this engine if it is not there. @returns its name */
export async function testImage(engine: Docker): Promise<string> {
  const present = await engine
    .getImage(busyboxImage)
    .inspect()
    .then(
      () => true,
      () => false,
    );
  if (!present)
    await buildImage(engine, { tag: busyboxImage, busybox: await findBusybox(layoutOf(undefined), console.log) });
  return busyboxImage;
}
