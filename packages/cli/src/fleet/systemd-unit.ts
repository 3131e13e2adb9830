/** The service under which systemd runs the agent of a joined machine. */
export const unitName = "hatoba-agent.service";
export const unitPath = `/etc/systemd/system/${unitName}`;

/**
 * Starts the agent with the machine and again whenever it fails, but not when a restart would not help (exit code 5).
 * Containers are the engine's: they run on while it is away. Source: agent protocol, section 10.3.
 */
export const systemdUnit = ({ program, dataDir }: { readonly program: string; readonly dataDir: string }): string => `\
[Unit]
Description=Hatoba agent: this machine as a container instance
Documentation=https://docs.aws.amazon.com/AmazonECS/latest/developerguide/
Wants=docker.service network-online.target
After=docker.service network-online.target

[Service]
ExecStart=${quoted(program)} agent start --data-dir ${quoted(dataDir)}
Restart=on-failure
RestartSec=10
RestartPreventExitStatus=5
KillMode=mixed
TimeoutStopSec=30

[Install]
WantedBy=multi-user.target
`;

/** As systemd reads it: per cent signs and dollars stand for others, quotes and backslashes are escaped. */
const quoted = (text: string): string =>
  `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%").replaceAll("$", "$$$$")}"`;
