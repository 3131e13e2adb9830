import { resolve } from "node:path";
import { Command } from "commander";
import { leadingOptions } from "./exec/leading-options.ts";
import { readChoices, trustAuthority } from "./house/house.ts";
import { layoutOf } from "./house/layout.ts";
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
  .option("--tls", "serve https by an authority of the house's own, for other machines to join safely")
  .option("--no-tls", "serve plain http (default)")
  .option("--tls-names <names>", "further names and addresses for its certificate, comma-separated")
  .option("--tls-cert <file>", "serve with this certificate (PEM, with those that vouch for it); goes with --tls-key")
  .option("--tls-key <file>", "its private key (PEM)")
  .option("--advertise <url>", "URL by which other machines reach the control plane, if it is not its address")
  .option(
    "--efs-dir <directory>",
    "where EFS file systems lie, one folder each (default: efs in the data directory)",
    (path: string) => resolve(path),
  )
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
  .command("logs [name...]")
  .description("show what log groups of tasks have, or what the control plane and the agents say")
  .option(...dataDir)
  .option("-f, --follow", "go on as more is said")
  .option("-n, --lines <count>", "how many lines of each", "50")
  .option("--filter <pattern>", "of log groups: a filter pattern of CloudWatch Logs")
  .option("--since <time>", "of log groups: from when on, as 10m, 2h or 1d", "10m")
  .action(async (names: readonly string[], options) => {
    const areGroups = names.some((name) => name.includes("/"));
    process.exitCode = areGroups
      ? await (await import("./commands/log-groups.ts")).logGroups(names, options)
      : await (await import("./commands/logs.ts")).logs(names, options);
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

const activation = program.command("activation").description("leave for other machines to join this house");
activation
  .command("create")
  .description("make one, and print the command that joins a machine by it")
  .option(...dataDir)
  .option("--limit <machines>", "how many machines may join", "1")
  .option("--expires <time>", "for how long, up to 30d", "24h")
  .option("--name <name>", "what the machines are called")
  .option("--description <text>", "what it is for")
  .option("--role <name>", "the IAM role that machines are shown with", "ecsExternalInstanceRole")
  .option("--cluster <name>", "the cluster that they are for", "default")
  .option("--endpoint <url>", "where they reach this house, if it cannot be told from here")
  .action(async (options) => (await import("./commands/activation.ts")).createActivation(options));
activation
  .command("list")
  .description("show all, without their codes")
  .option(...dataDir)
  .action(async (options) => (await import("./commands/activation.ts")).listActivations(options));
activation
  .command("delete <id>")
  .description("nobody joins by it any more; machines that have stay")
  .option(...dataDir)
  .action(async (id, options) => (await import("./commands/activation.ts")).deleteActivation(id, options));

const spot = program.command("spot").description("what AWS does with spare capacity");
spot
  .command("interrupt <task>")
  .description("take the capacity of a FARGATE_SPOT task away, by its id or ARN")
  .option(...dataDir)
  .option(...execOptions[0])
  .action(async (task: string, options) => (await import("./commands/spot.ts")).interruptSpotTask(task, options));

const key = program.command("key").description("the key that the house's secrets are sealed with");
key
  .command("rotate")
  .description("make a new one and seal everything with it; running tasks keep what they have")
  .option(...dataDir)
  .option("--revoke", "drop the old one at once: credentials that it issued end, tasks get new ones")
  .action(async (options) => (await import("./commands/key.ts")).rotateKey(options));

const secret = program.command("secret").description("secrets of Secrets Manager, beside what the aws CLI does");
secret
  .command("rotate <name>")
  .description("give a secret a new value, by its name or ARN: a random one, or one from standard input")
  .option(...dataDir)
  .option("--value-stdin", "read the new value from standard input")
  .option("--json-key <key>", "of a secret that is a JSON object: the member that changes (default password)")
  .option("--length <characters>", "of a random value (default 32)")
  .option("--pending", "only put the new value, as AWSPENDING")
  .option("--finish", "make the value that is AWSPENDING current")
  .action(async (name, options) => (await import("./commands/secret.ts")).rotateSecret(name, options));

const agent = program.command("agent").description("this machine as a container instance of a house elsewhere");
agent
  .command("join")
  .description("join a house, by an activation made there, and start the agent")
  .option(...dataDir)
  .requiredOption("--endpoint <url>", "where the house answers, as https://10.0.0.5:4577")
  .requiredOption("--activation-id <id>", "printed by ./hatoba activation create there")
  .requiredOption("--activation-code <code>", "printed with it")
  .option("--ca-fingerprint <sha256>", "fingerprint of the house's authority, which is fetched from it and compared")
  .option("--ca <file>", "the authority itself, PEM")
  .option("--cluster <name>", "the cluster that this machine is for", "default")
  .option("--capacity <type>", "EC2 or EXTERNAL: the launch type of the tasks that are placed here", "EC2")
  .option("--zone <zone>", "availability zone, as us-east-1b (default the house's first)")
  .option(
    "--efs-root <where>",
    "the house's EFS directory as this machine sees it, or an NFS export SERVER:/PATH of it",
  )
  .option("--detach", "start the agent in the background")
  .option("--service", "have systemd run the agent (the same as agent install)")
  .option("--no-start", "join, and start the agent later")
  .action(async (options) => {
    process.exitCode = await (await import("./commands/agent.ts")).joinHouse(options);
  });
agent
  .command("start")
  .description("start the agent of a joined machine, here or in the background")
  .option(...dataDir)
  .option("--detach", "in the background")
  .action(async (options) => {
    process.exitCode = await (await import("./commands/agent.ts")).startAgent(options);
  });
agent
  .command("install")
  .description("have systemd run the agent of a joined machine, from now on")
  .option(...dataDir)
  .action(async (options) => {
    process.exitCode = await (await import("./commands/agent.ts")).installService(options);
  });
agent
  .command("status")
  .description("show what this machine has joined, and whether its agent is connected there")
  .option(...dataDir)
  .action(async (options) => {
    process.exitCode = await (await import("./commands/agent.ts")).agentStatus(options);
  });
agent
  .command("leave")
  .description("take this machine out of the house it joined; its tasks stop")
  .option(...dataDir)
  .option("--force", "forget the house even if it does not answer")
  .action(async (options) => (await import("./commands/agent.ts")).leaveHouse(options));

// A house with an authority of its own is trusted by each command that is about it.
program.hook("preAction", (_program, command) => {
  const layout = layoutOf(command.opts<{ readonly dataDir?: string }>().dataDir);
  const choices = readChoices(layout);
  if (choices !== undefined) trustAuthority(layout, choices);
});

try {
  await program.parseAsync();
} catch (error) {
  // What the user can put right is said in full and alone; anything else comes with where it happened.
  console.error(error instanceof UserError ? `\n${error.message}` : error);
  process.exitCode = 1;
}
