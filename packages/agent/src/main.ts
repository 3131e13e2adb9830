import { pino } from "pino";
import { startAgent } from "./agent.ts";
import { ConfigError, readAgentConfig } from "./config.ts";
import { EfsRootError } from "./hooks/volumes/efs-root.ts";
import { trustCertFile, withKeyFile } from "./key-file.ts";
import { hostPlatform } from "./platform/host-platform.ts";
import { AgentRefusedError } from "./register.ts";
import { exitCodeFor, serviceFlag } from "./windows/service-exit.ts";

// The agent's process. Exit codes as of the genuine agent: 0 stopped as asked, 1 try again, 5 a restart would not help.
const asService = process.argv.includes(serviceFlag);
try {
  const config = readAgentConfig(withKeyFile(process.env));
  trustCertFile(process.env);
  const logger = pino({ level: config.logLevel, timestamp: pino.stdTimeFunctions.isoTime });
  const stop = (message: string, code: number, error?: Error) => {
    logger[code === 0 ? "info" : "error"]({ err: error }, message);
    process.exit(exitCodeFor(code, asService));
  };
  const agent = await startAgent(config, {
    logger,
    onFatal: (error) => stop("the data directory cannot be written, stopping", 1, error),
  });
  logger.info({ containerInstanceArn: agent.containerInstanceArn, capacity: config.capacity }, "agent at work");
  const close = () =>
    void agent.close().then(
      () => stop("agent stopped", 0),
      (error: Error) => stop("agent did not stop cleanly", 1, error),
    );
  for (const signal of hostPlatform().stopSignals) process.once(signal, close);
  // A service of Windows is asked to stop by the end of its input: no signal reaches it there.
  if (asService) process.stdin.once("end", close).resume();
} catch (error) {
  const final = error instanceof ConfigError || error instanceof AgentRefusedError;
  console.error(final || error instanceof EfsRootError ? error.message : error);
  process.exit(exitCodeFor(final ? 5 : 1, asService));
}
