/** Windows Server by its build number. Source: Microsoft, "Windows Server release information"; agent protocol §10.1. */
const releases: Readonly<Record<string, string>> = {
  14393: "2016",
  17763: "2019",
  19041: "2004",
  19042: "20H2",
  20348: "2022",
  26100: "2025",
};

/** As the registry names them. Server Core has no desktop. */
const editions: Readonly<Record<string, "CORE" | "FULL">> = { "Server Core": "CORE", Server: "FULL" };

/** What an engine says of the Windows under it. */
export interface WindowsVersion {
  /** As `10.0.20348`, or with a revision behind it. */
  readonly osVersion?: string;
  /** As `Microsoft Windows Server Version 21H2 (OS Build 20348.2700)`. */
  readonly operatingSystem?: string;
  /** As `10.0 20348 (20348.1.amd64fre.fe_release.210507-1500)`; engines before 19.03 say no more. */
  readonly kernelVersion?: string;
}

/** @returns the number that tells releases apart, as `20348` */
export function buildNumber({ osVersion, operatingSystem, kernelVersion }: WindowsVersion): string | undefined {
  return (
    /^\d+\.\d+\.(\d+)/.exec(osVersion ?? "")?.[1] ??
    /OS Build (\d+)/.exec(operatingSystem ?? "")?.[1] ??
    /^\d+\.\d+ (\d+)/.exec(kernelVersion ?? "")?.[1]
  );
}

/**
 * `WINDOWS_SERVER_2022_CORE`; just `windows` for a release or an edition that ECS has no name for, so that no task which names a
 * family comes here. Source: agent protocol §2.2 and §10.1.
 * @param installationType of the registry: `Server`, `Server Core`, …; undefined if it could not be read
 */
export function windowsOsFamily(version: WindowsVersion, installationType: string | undefined): string {
  const release = releases[buildNumber(version) ?? ""];
  const edition = editions[installationType ?? ""];
  return release === undefined || edition === undefined ? "windows" : `WINDOWS_SERVER_${release}_${edition}`;
}

/** Arguments of `reg.exe` that print the installation type, see `parseInstallationType`. */
export const installationTypeQuery = [
  "query",
  "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion",
  "/v",
  "InstallationType",
] as const;

/** Reads what `reg.exe query` prints: a line of name, type and value. */
export function parseInstallationType(printed: string): string | undefined {
  return /^\s*InstallationType\s+REG_SZ\s+(.+?)\s*$/m.exec(printed)?.[1];
}
