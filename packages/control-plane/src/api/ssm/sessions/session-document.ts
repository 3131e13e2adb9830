import type { PortProperties } from "@hatoba/contract";
import type { Session } from "../../../model/session.ts";
import { SsmError } from "../api-error.ts";

type Parameters = Readonly<Record<string, readonly string[] | undefined>>;
/** What a document makes of its parameters. */
export type Documented = Pick<Session, "sessionType" | "command" | "port">;

/** The document that stands for none. */
const shellDocument = "SSM-SessionManagerRunShell";

interface SessionDocument {
  /** The parameters that it takes, and their defaults; `undefined`: it has to be given. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
  readonly read: (value: (name: string) => string) => Documented;
}

const local = (value: (name: string) => string, more: Partial<PortProperties> = {}): Documented => ({
  sessionType: "Port",
  port: {
    portNumber: portOf(value("portNumber"), "portNumber", 1),
    localPortNumber: portOf(value("localPortNumber"), "localPortNumber", 0),
    type: "LocalPortForwarding",
    ...more,
  },
});

/** Source of names and parameters: exec session protocol, section 4.2. */
const documents: Readonly<Record<string, SessionDocument>> = {
  [shellDocument]: { parameters: {}, read: () => ({ sessionType: "Standard_Stream" }) },
  "AWS-StartPortForwardingSession": {
    parameters: { portNumber: "80", localPortNumber: "0" },
    read: (value) => local(value),
  },
  "AWS-StartPortForwardingSessionToRemoteHost": {
    parameters: { host: undefined, portNumber: "80", localPortNumber: "0" },
    read: (value) => local(value, { host: hostOf(value("host")) }),
  },
  "AWS-StartSSHSession": {
    parameters: { portNumber: "22" },
    read: (value) => ({ sessionType: "Port", port: { portNumber: portOf(value("portNumber"), "portNumber", 1) } }),
  },
  "AWS-StartInteractiveCommand": {
    parameters: { command: undefined },
    read: (value) => ({ sessionType: "InteractiveCommands", command: value("command") }),
  },
  "AWS-StartNonInteractiveCommand": {
    parameters: { command: undefined },
    read: (value) => ({ sessionType: "NonInteractiveCommands", command: value("command") }),
  },
};

/**
 * What a session is to be, by its document and parameters.
 * @throws SsmError InvalidDocument for one there is not; InvalidParameters for what it does not take, or misses
 */
export function readDocument(name: string = shellDocument, given: Parameters = {}): Documented {
  const document = Object.hasOwn(documents, name) ? documents[name] : undefined;
  if (document === undefined) {
    throw new SsmError("InvalidDocument", `Document with name ${name} does not exist.`);
  }
  const { parameters, read } = document;
  const strange = Object.keys(given).find((parameter) => !Object.hasOwn(parameters, parameter));
  if (strange !== undefined) throw invalid(`Parameter "${strange}" is not defined in the document ${name}.`);
  return read((parameter) => {
    const [value = parameters[parameter], ...more] = given[parameter] ?? [];
    if (value === undefined || more.length > 0) throw invalid(`Parameter "${parameter}" of ${name} takes one value.`);
    return value;
  });
}

const invalid = (message: string) => new SsmError("InvalidParameters", message);

function portOf(text: string, name: string, least: number): string {
  if (!/^\d{1,5}$/.test(text) || Number(text) < least || Number(text) > 65_535) {
    throw invalid(`Parameter "${name}" has to be a port number from ${least} to 65535, not "${text}".`);
  }
  return String(Number(text));
}

function hostOf(text: string): string {
  if (!/^[\w.:%-]{1,255}$/.test(text)) throw invalid(`Parameter "host" has to be a host name or an address.`);
  return text;
}
