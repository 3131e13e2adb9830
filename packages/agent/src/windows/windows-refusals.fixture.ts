/** The members of a create call that Docker on Windows looks at. */
export interface CreateRequest {
  readonly Image: string;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly HostConfig?: {
    readonly NetworkMode?: string;
    readonly PortBindings?: Readonly<
      Record<string, readonly { readonly HostIp?: string; readonly HostPort: string }[]>
    >;
    readonly Binds?: readonly string[];
    readonly [member: string]: unknown;
  };
}

/** Members of `HostConfig.Resources` that have no like on Windows: refused when they are set to anything. */
const resources = [
  "BlkioWeight",
  "CgroupParent",
  "CpuPeriod",
  "CpuQuota",
  "CpusetCpus",
  "CpusetMems",
  "KernelMemory",
  "MemoryReservation",
  "MemorySwap",
  "MemorySwappiness",
  "OomKillDisable",
  "PidsLimit",
  "Ulimits",
] as const;

/** As the engine spells them in its texts. */
const spelled: Readonly<Record<string, string>> = { CpuPeriod: "CPUPeriod", CpuQuota: "CPUQuota" };

/** In front of a mount: a volume's name, a drive, a pipe. */
const windowsPath = /^(?:[a-z]:(?:\\.*)?|\\\\\.\\pipe\\.+)$/i;

/**
 * Why Docker on Windows does not create a container, in its words; undefined if it does.
 * Source: moby, daemon_windows.go and hostconfig_windows.go, read for their texts; agent protocol §10.1.
 */
export function refusedByWindows({ HostConfig: host = {} }: CreateRequest): string | undefined {
  if (host["Privileged"] === true) return "Windows does not support privileged mode";
  if (host["ReadonlyRootfs"] === true) return "Windows does not support root filesystem in read-only mode";
  const unknown = resources.find((name) => isSet(host[name]));
  if (unknown !== undefined) return `invalid option: Windows does not support ${spelled[unknown] ?? unknown}`;
  const addresses = Object.values(host.PortBindings ?? {}).flat();
  if (addresses.some(({ HostIp }) => HostIp && HostIp !== "0.0.0.0")) {
    return "Windows does not support host IP addresses in NAT settings";
  }
  const wrong = (host.Binds ?? []).find((bind) => !isMount(bind));
  return wrong === undefined ? undefined : `invalid volume specification: '${wrong}'`;
}

function isSet(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

/** `SOURCE:TARGET[:ro]`, where both may have a drive of their own. */
function isMount(bind: string): boolean {
  const parts = /^((?:[a-z]:)?[^:]+|[a-z]:):((?:[a-z]:)?[^:]+|[a-z]:)(?::(?:ro|rw))?$/i.exec(bind);
  return parts !== null && windowsPath.test(parts[2] ?? "");
}
