import { containerExecConformance } from "./container-exec.conformance.ts";
import { MemoryExec, type MemoryExecProgram } from "./memory-exec.ts";

/** Just what the suite asks of a container's programs. */
const shell: MemoryExecProgram = async ({ command, ended, write }) => {
  const script = command.argv[2] ?? "";
  if (script.startsWith("sleep")) {
    await write("ready\n");
    return new Promise((resolve) => ended.addEventListener("abort", () => resolve(129)));
  }
  await write("out\n");
  await write("err\n", "stderr");
  return 7;
};
const cat: MemoryExecProgram = async ({ read, write }) => {
  for (let bytes = await read(); bytes !== undefined; bytes = await read()) await write(bytes);
  return 0;
};

containerExecConformance("the memory exec", async () => {
  const exec = new MemoryExec({
    isRunning: (containerId) => containerId === "container",
    programOf: ({ argv: [program] }) => ({ sh: shell, cat })[program],
  });
  const processes = async () => exec.running.length;
  return { exec, containerId: "container", processes, close: async () => undefined };
});
