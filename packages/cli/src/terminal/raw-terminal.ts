import { spawnSync } from "node:child_process";

/**
 * Hands the terminal of standard input over to a program elsewhere: keys go out as they are pressed, and bytes come in as
 * they are. Node's own raw mode still turns LF into CR LF; `stty`, where there is one, does not.
 * @returns the way back
 */
export function takeTerminal(stdin: NodeJS.ReadStream): () => void {
  const before = stty("-g");
  stdin.setRawMode(true);
  stty("-opost");
  return () => {
    stdin.setRawMode(false);
    if (before !== undefined) stty(before);
  };
}

function stty(argument: string): string | undefined {
  const { status, stdout } = spawnSync("stty", [argument], { stdio: ["inherit", "pipe", "ignore"], encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}
