import { expect, test } from "vitest";
import { systemdUnit } from "./systemd-unit.ts";

test("a service starts the agent, and again when it fails but for good", () => {
  const unit = systemdUnit({ program: "/opt/hatoba/hatoba", dataDir: "/var/lib/hatoba" });
  expect(unit).toContain('ExecStart="/opt/hatoba/hatoba" agent start --data-dir "/var/lib/hatoba"\n');
  expect(unit).toContain("RestartPreventExitStatus=5\n");
});

test("paths with signs of systemd's own stay what they are", () => {
  expect(systemdUnit({ program: '/a "b"/h', dataDir: "/100%/$x" })).toContain(
    'ExecStart="/a \\"b\\"/h" agent start --data-dir "/100%%/$$x"\n',
  );
});
