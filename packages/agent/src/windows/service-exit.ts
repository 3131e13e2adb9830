/** Asks the agent to behave as what a service of Windows runs; see docs/decisions/0012-windows-service.md. */
export const serviceFlag = "-windows-service";

/** What a restart would not mend. Source: agent protocol §10.3. */
const terminal = 5;

/**
 * The exit code for whoever started the agent. The service manager starts again what ends with another code than 0, so an end
 * that a restart would not mend is told as 0 there. Source: agent protocol §10.1, Form.
 */
export function exitCodeFor(code: number, asService: boolean): number {
  return asService && code === terminal ? 0 : code;
}
