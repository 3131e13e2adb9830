import { readFileSync } from "node:fs";
import type { EngineState } from "./engine.ts";

/** What is known of a machine when it is decided how to get it an engine. */
export interface MachineFacts {
  readonly engine: EngineState;
  /** Path of dockerd. */
  readonly program: string | undefined;
  readonly root: boolean;
  readonly systemd: boolean;
  /** The distribution's package tool, as far as this program can use it. */
  readonly packages: "apt" | "dnf" | "none";
  readonly linux: boolean;
}

/** What to do about the engine: steps this program may take itself, or words for the user. */
export type EnginePlan =
  | { readonly do: "nothing" }
  | { readonly do: "prepare"; readonly install: boolean; readonly startWith: "systemd" | "by hand" }
  | { readonly do: "ask"; readonly message: string };

const installCommand = {
  apt: "sudo apt-get install -y docker.io",
  dnf: "sudo dnf install -y moby-engine",
  none: undefined,
} as const;

/** Decides how the machine gets a container engine that answers. */
export function planEngine(facts: MachineFacts): EnginePlan {
  if (facts.engine.state === "answers") return { do: "nothing" };
  if (!facts.linux)
    return { do: "ask", message: "Start Docker Desktop (or another engine with Docker's API), then run this again." };
  if (facts.engine.state === "refused") {
    return {
      do: "ask",
      message:
        "The container engine runs, but this user may not use it. Run:\n  sudo usermod -aG docker $USER && newgrp docker\nthen run this again.",
    };
  }
  const startWith = facts.systemd ? ("systemd" as const) : ("by hand" as const);
  if (facts.root && (facts.program !== undefined || facts.packages !== "none")) {
    return { do: "prepare", install: facts.program === undefined, startWith };
  }
  return { do: "ask", message: askForEngine(facts) };
}

function askForEngine({ program, systemd, packages }: MachineFacts): string {
  const steps = [
    ...(program === undefined
      ? [installCommand[packages] ?? "(install Docker Engine: https://docs.docker.com/engine/install/)"]
      : []),
    systemd ? "sudo systemctl start docker" : "sudo sh -c 'dockerd >/var/log/dockerd.log 2>&1 &'",
    "sudo usermod -aG docker $USER && newgrp docker",
  ];
  return `No container engine answers, and only root may start one. Run:\n${steps.map((step) => `  ${step}`).join("\n")}\nthen run this again (or run this as root, and it does so itself).`;
}

/** Whether systemd is in charge here; in most containers and small virtual machines it is not. */
export function isSystemdRunning(): boolean {
  try {
    return readFileSync("/proc/1/comm", "utf8").trim() === "systemd";
  } catch {
    return false;
  }
}
