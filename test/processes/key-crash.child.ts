import { KeyRotation } from "../../packages/control-plane/src/key-rotation/key-rotation.ts";
import { systemClock } from "../../packages/control-plane/src/platform/clock.ts";
import { silentLogger } from "../../packages/control-plane/src/platform/logger.ts";
import { openKeyHouse } from "./key-crash.ts";

// Changes the house's key over and over, until it is killed.
const { keys, store, sealers } = await openKeyHouse(process.argv[2] ?? "", (error) => {
  throw error;
});
const rotation = new KeyRotation({ keys, store, sealers, clock: systemClock, logger: silentLogger });
console.log("ready");
for (;;) await rotation.rotate();
