import { Command } from "commander";
import { leadingOptions } from "./exec/leading-options.ts";
import { UserError } from "./terminal/user-error.ts";

const dataDir = ["--data-dir <dir>", "where the house lies (default ~/.hatoba, or HATOBA_DATA_DIR)"] as const;

// Each command is imported when it is called: each needs libraries of its own.
const program = new Command("hatoba")
  .description("An Amazon ECS that you run yourself.")
  .enablePositionalOptions()
  .showHelpAfterError()
  .showSuggestionAfterError();

program
  .command("up")
  .description("make this machine ready, start the control plane and an agent, and run a sample service")
  .option(...dataDir)
  .option("--listen <host:port>", "address of the control plane (default 127.0.0.1:4577)")
  .option("--region <region>", "default us-east-1")
  .option("--account-id <id>", "twelve digits (default 000000000000)")
  .option("--vpc-cidr <block>", "a /16 for awsvpc and Fargate tasks (default 172.31.0.0/16)")
  .option("--no-sample", "start without the sample service")
  .action(async (options) => (await import("./commands/up.ts")).up(options));
program
  .command("down")
  .description("stop everything that up started; state stays in the data directory")
  .option(...dataDir)
  .option("--keep-tasks", "leave containers running; the next up takes them over")
  .action(async (options) => (await import("./commands/down.ts")).down(options));
program
  .command("status")
  .description("show what runs")
  .option(...dataDir)
  .action(async (options) => {
    process.exitCode = await (await import("./commands/status.ts")).status(options);
  });
program
  .command("env")
  .description('print exports for the aws CLI: eval "$(./hatoba env)"')
  .option(...dataDir)
  .action(async (options) => (await import("./commands/env.ts")).env(options));
program
  .command("logs [process...]")
  .description("show what the control plane and the agents say (tasks' logs: aws logs tail)")
  .option(...dataDir)
  .option("-f, --follow", "go on as more is said")
  .option("-n, --lines <count>", "how many lines of each", "50")
  .action(async (names, options) => {
    process.exitCode = await (await import("./commands/logs.ts")).logs(names, options);
  });
const execOptions = [
  ["--cluster <name>", "of the task (default: the one in its ARN, or default)"],
  ["--container <name>", "needed where the task has several"],
] as const;
program
  .command("exec")
  .description("run a command, or a shell, in a container of a task; needs neither the aws CLI nor its plugin")
  .argument("<task>", "its id or ARN")
  .argument("[command...]", "default /bin/sh")
  .option(...dataDir)
  .option(...execOptions[0])
  .option(...execOptions[1])
  .passThroughOptions()
  .action(async (task: string, words: string[], options) => {
    const { exec } = await import("./commands/exec.ts");
    const { words: command, ...more } = leadingOptions(words);
    process.exitCode = await exec(task, command, { ...options, ...more });
  });
const doctor = program
  .command("doctor")
  .description("check Node.js, engine, cgroups, ports, disk, and say what to do")
  .option(...dataDir)
  .action(async (options) => {
    process.exitCode = await (await import("./commands/doctor.ts")).doctor(options);
  });
doctor
  .command("exec")
  .description("say why a session to a task cannot open")
  .argument("<task>", "its id or ARN")
  .option(...dataDir)
  .option(...execOptions[0])
  .option(...execOptions[1])
  .action(async (task: string, options) => {
    process.exitCode = await (await import("./commands/doctor-exec.ts")).doctorExec(task, options);
  });

const engine = program.command("engine").description("the container engine of this machine");
engine
  .command("start")
  .description("install and start one unless one answers")
  .option(...dataDir)
  .action(async (options) => (await import("./commands/engine.ts")).startEngine(options));
engine
  .command("stop")
  .description("stop it if it was started here")
  .option(...dataDir)
  .action(async (options) => (await import("./commands/engine.ts")).stopOurEngine(options));

try {
  await program.parseAsync();
} catch (error) {
  // What the user can put right is said in full and alone; anything else comes with where it happened.
  console.error(error instanceof UserError ? `\n${error.message}` : error);
  process.exitCode = 1;
}
