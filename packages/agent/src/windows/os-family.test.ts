import { expect, test } from "vitest";
import { parseInstallationType, windowsOsFamily } from "./os-family.ts";

test.each([
  [{ osVersion: "10.0.14393" }, "Server", "WINDOWS_SERVER_2016_FULL"],
  [{ osVersion: "10.0.17763" }, "Server Core", "WINDOWS_SERVER_2019_CORE"],
  [{ osVersion: "10.0.19041.1" }, "Server Core", "WINDOWS_SERVER_2004_CORE"],
  [{ osVersion: "10.0.19042" }, "Server Core", "WINDOWS_SERVER_20H2_CORE"],
  [{ osVersion: "10.0.20348.2700" }, "Server", "WINDOWS_SERVER_2022_FULL"],
  [{ osVersion: "10.0.26100" }, "Server Core", "WINDOWS_SERVER_2025_CORE"],
  [
    { operatingSystem: "Microsoft Windows Server Version 21H2 (OS Build 20348.2700)" },
    "Server Core",
    "WINDOWS_SERVER_2022_CORE",
  ],
  [{ kernelVersion: "10.0 17763 (17763.1.amd64fre.rs5_release.180914-1434)" }, "Server", "WINDOWS_SERVER_2019_FULL"],
  [{ osVersion: "10.0.99999" }, "Server", "windows"],
  [{ osVersion: "10.0.20348" }, "Nano Server", "windows"],
  [{ osVersion: "10.0.20348" }, undefined, "windows"],
  [{}, "Server", "windows"],
])("%j, %s is %s", (version, installationType, family) => {
  expect(windowsOsFamily(version, installationType)).toBe(family);
});

test("the installation type as the registry tool prints it", () => {
  const printed = (value: string) =>
    `\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\r\n    InstallationType    REG_SZ    ${value}\r\n\r\n`;
  expect(parseInstallationType(printed("Server Core"))).toBe("Server Core");
  expect(parseInstallationType(printed("Server"))).toBe("Server");
  expect(
    parseInstallationType("ERROR: The system was unable to find the specified registry key or value."),
  ).toBeUndefined();
});
