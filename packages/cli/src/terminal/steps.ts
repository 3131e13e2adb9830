import { Listr, type ListrTask } from "listr2";

/** One step of a command: `run` hears where to say what it is just doing, and may return what it found. */
export interface Step {
  readonly title: string;
  readonly run: (say: (doing: string) => void) => Promise<string | undefined>;
}

/** Runs steps one after another and shows them: a spinner each on a terminal, a plain line each elsewhere. */
export async function runSteps(steps: readonly Step[]): Promise<void> {
  const tasks: ListrTask[] = steps.map(({ title, run }) => ({
    title,
    task: async (_context, task) => {
      const found = await run((doing) => {
        task.output = doing;
      });
      if (found !== undefined) task.title = `${title}: ${found}`;
    },
  }));
  if (process.stdout.isTTY && process.env["CI"] === undefined) {
    await new Listr(tasks, { rendererOptions: { collapseErrors: false } }).run();
  } else {
    await runPlainly(steps);
  }
}

async function runPlainly(steps: readonly Step[]): Promise<void> {
  for (const { title, run } of steps) {
    const started = Date.now();
    let said = "";
    const found = await run((doing) => {
      if (doing !== said) console.log(`  ${title}: ${doing} ...`);
      said = doing;
    });
    console.log(
      `ok ${title}${found === undefined ? "" : `: ${found}`} (${((Date.now() - started) / 1000).toFixed(1)} s)`,
    );
  }
}
