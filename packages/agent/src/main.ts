import { pino } from "pino";
import { startAgent } from "./agent.ts";
import { ConfigError, readAgentConfig } from "./config.ts";
import { trustCertFile, withKeyFile } from "./key-file.ts";
import { AgentRefusedError } from "./register.ts";

// The agent's process. Exit codes as of the genuine agent: 0 stopped as asked, 1 try again, 5 a restart would not help.
try {
  const config = readAgentConfig(withKeyFile(process.env));
  trustCertFile(process.env);
  const logger = pino({ level: config.logLevel, timestamp: pino.stdTimeFunctions.isoTime });
  const stop = (message: string, code: number, error?: Error) => {
    logger[code === 0 ? "info" : "error"]({ err: error }, message);
    process.exit(code);
  };
  const agent = await startAgent(config, {
    logger,
    onFatal: (error) => stop("the data directory cannot be written, stopping", 1, error),
  });
  logger.info({ containerInstanceArn: agent.containerInstanceArn, capacity: config.capacity }, "agent at work");
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      agent.close().then(
        () => stop("agent stopped", 0),
        (error: Error) => stop("agent did not stop cleanly", 1, error),
      );
    });
  }
} catch (error) {
  const final = error instanceof ConfigError || error instanceof AgentRefusedError;
  console.error(final ? error.message : error);
  process.exit(final ? 5 : 1);
}
