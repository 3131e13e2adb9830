import { join } from "node:path";
import { clearUnusedRules, unmountBelow } from "@hatoba/agent";
import { engineClient, probeEngine } from "../engine/engine.ts";
import { removeOurThings } from "../engine/our-things.ts";
import { stopEngine } from "../engine/prepare-engine.ts";
import { processNames } from "../house/house.ts";
import { layoutOf } from "../house/layout.ts";
import { stopProcess } from "../house/processes.ts";
import { runSteps, type Step } from "../terminal/steps.ts";

export interface DownOptions {
  readonly dataDir?: string;
  readonly keepTasks?: boolean;
}

/**
 * `hatoba down`: stops the house. Agents first, so that nobody puts a container back; then the containers, networks and
 * volumes; then the engine, if `up` started it. With keepTasks the containers and the engine run on, and the next `up`
 * takes them over.
 */
export async function down({ dataDir, keepTasks = false }: DownOptions): Promise<void> {
  const layout = layoutOf(dataDir);
  const steps: Step[] = [
    {
      title: "Processes",
      run: async () => {
        const stopped: string[] = [];
        for (const name of processNames.toReversed()) if (await stopProcess(layout, name, 15)) stopped.push(name);
        await clearUnusedRules(); // an agent that was killed could not
        return stopped.length === 0 ? "none ran" : `stopped ${stopped.join(", ")}`;
      },
    },
  ];
  if (!keepTasks) {
    steps.push({
      title: "Containers",
      run: async () => {
        const answers = (await probeEngine()).state === "answers";
        const removed = answers ? await removeOurThings(engineClient(), layout.houseId) : undefined;
        for (const agent of ["agent", "agent-fargate"]) unmountBelow(join(layout.dataDir, agent)); // volumes of tasks
        if (removed === undefined) return "no container engine answers, so none can run";
        const { containers, networks, volumes } = removed;
        return `removed ${containers} containers, ${networks} networks, ${volumes} volumes`;
      },
    });
    steps.push({
      title: "Container engine",
      run: async () => ((await stopEngine(layout)) ? "stopped, since up had started it" : "left as it is"),
    });
  }
  await runSteps(steps);
  console.log(
    keepTasks
      ? "\nTasks run on; `./hatoba up` takes them over."
      : `\nState is kept in ${layout.dataDir}; \`./hatoba up\` goes on from there.`,
  );
}
