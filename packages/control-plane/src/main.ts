import { pino } from "pino";
import { ConfigError, flags, isLoopback, readConfig } from "./config.ts";
import { startControlPlane } from "./control-plane.ts";
import { collectSeldom } from "./platform/heap.ts";
import { DatabaseInUseError, DatabaseUnusableError } from "./platform/sqlite-database.ts";
import { TlsError } from "./tls/open-tls.ts";

// The control plane's process. Exit codes: 0 stopped as asked, 1 failed, 2 wrongly called.
if (process.argv.includes("--help")) {
  const rows = Object.entries(flags).map(([flag, what]) => `  --${flag.padEnd(24)} ${what}`);
  console.log(
    `Hatoba's control plane. Each flag may be given as HATOBA_FLAG_NAME in the environment too.\n\n${rows.join("\n")}`,
  );
  process.exit(0);
}
collectSeldom();
try {
  const config = readConfig(process.argv.slice(2), process.env);
  const logger = pino({ level: config.logLevel, timestamp: pino.stdTimeFunctions.isoTime });
  const stop = (message: string, code: number, error?: Error) => {
    logger[code === 0 ? "info" : "error"]({ err: error }, message);
    process.exitCode = code;
  };
  const controlPlane = await startControlPlane(config, {
    logger,
    onFatal(error) {
      // Nothing can be made durable any more: better no answer than a wrong one. What was acknowledged is on disk.
      stop("the data directory cannot be written, stopping", 1, error);
      process.exit();
    },
  });
  logger.info({ url: controlPlane.url, dataDir: config.dataDir, auth: config.auth }, "control plane answers");
  if (config.tls === undefined && !isLoopback(config.listen.host)) {
    const message = "listening beyond this machine without TLS: keys, code and logs can be read on the way (see --tls)";
    logger.warn({ host: config.listen.host }, message);
  }
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      controlPlane
        .close()
        .then(
          () => stop("control plane stopped", 0),
          (error: Error) => stop("control plane did not stop cleanly", 1, error),
        )
        .finally(() => process.exit());
    });
  }
} catch (error) {
  const wronglyCalled = error instanceof ConfigError;
  const unusable =
    error instanceof TlsError || error instanceof DatabaseInUseError || error instanceof DatabaseUnusableError;
  if (wronglyCalled) console.error(`${error.message}\n(--help lists all flags)`);
  else if (isTaken(error)) console.error(`Another program listens on that address already: ${error.message}`);
  else console.error(unusable ? error.message : error);
  process.exit(wronglyCalled ? 2 : 1);
}

function isTaken(error: unknown): error is Error {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}
