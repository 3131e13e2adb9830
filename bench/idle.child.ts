import { monitorEventLoopDelay } from "node:perf_hooks";
import { figuresOf } from "./loop-delay.ts";

// Does nothing, beside a process that is measured: how late its timers are is the machine's doing. Answers each message with that.
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
process.on("message", () => {
  process.send?.(figuresOf(delay, 1e6));
  delay.reset();
});
