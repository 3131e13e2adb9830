import { expect, test } from "vitest";
import { ManualClock } from "../platform/clock.ts";
import { silentLogger } from "../platform/logger.ts";
import { keepRenewed } from "./keep-renewed.ts";

test("another certificate is taken into use within a day, the same one is not", async () => {
  const clock = new ManualClock();
  const used: string[] = [];
  let cert = "first";
  const stop = keepRenewed({
    current: { cert, key: "" },
    open: async () => ({ cert, key: "" }),
    use: (tls) => void used.push(tls.cert),
    clock,
    logger: silentLogger,
  });
  clock.advance(25 * 3_600_000);
  await Promise.resolve();
  cert = "second";
  clock.advance(24 * 3_600_000);
  await expect.poll(() => used).toEqual(["second"]);
  stop();
  cert = "third";
  clock.advance(48 * 3_600_000);
  await Promise.resolve();
  expect(used).toEqual(["second"]);
});
