/**
 * Why a command did not start, in the words that the SSM agent has for it where the engine's are known.
 * @param told what the engine said. Source: exec session protocol, section 4.4
 */
export function startFailure(program: string, told: string, isShell: boolean): string {
  const why = whyNot(program, told);
  const hint = isShell ? " (the image has no shell; name a program that it has as the command)" : "";
  return `Unable to start command: Failed to start pty: ${why}${hint}`;
}

function whyNot(program: string, told: string): string {
  if (/executable file not found/.test(told)) return `exec: "${program}": executable file not found in $PATH`;
  if (/no such file or directory/.test(told)) return `fork/exec ${program}: no such file or directory`;
  if (/permission denied/.test(told)) return `fork/exec ${program}: permission denied`;
  return told.replace(/^Error response from daemon: /, "");
}
