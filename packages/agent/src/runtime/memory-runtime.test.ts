import { systemClock } from "../platform/clock.ts";
import { containerRuntimeConformance } from "./container-runtime.conformance.ts";
import { ContainerFailure } from "./container-runtime.ts";
import type { MemoryProgram } from "./memory-program.ts";
import { MemoryRuntime } from "./memory-runtime.ts";

const missing = new ContainerFailure("CannotPullContainerError", "pull access denied for missing");
const programs = (image: string, command: readonly string[]): MemoryProgram => {
  switch (image) {
    case "waits":
      return { stopExitCode: 0 };
    case "ignores-stop":
      return { ignoresStop: true };
    case "exits":
      return { exitAfterMs: 1, exitCode: Number(command[0]) };
    case "prints":
      return { output: command, exitAfterMs: 1 };
    default:
      return { failPull: missing, failCreate: new ContainerFailure("CannotCreateContainerError", "No such image") };
  }
};

containerRuntimeConformance("the memory runtime", async () => ({
  runtime: new MemoryRuntime({
    clock: systemClock,
    programOf: ({ image, command = [] }) => programs(image, command),
  }),
  prefix: "memory",
  labels: { suite: "conformance" },
  vpc: { cidr: "10.0.0.0/16", address: "10.0.0.9" },
  programs: {
    waits: { image: "waits" },
    ignoresStop: { image: "ignores-stop" },
    exits: (code) => ({ image: "exits", command: [String(code)] }),
    prints: (lines) => ({ image: "prints", command: lines }),
    missingImage: { image: "missing" },
  },
}));
