import type { WireError } from "../wire/protocol.ts";

/** The front door itself says no, before any operation is asked. */
export class HttpRefusal extends Error implements WireError {
  override readonly name: string;
  readonly status: number;
  constructor({ name, message, status }: WireError) {
    super(message);
    this.name = name;
    this.status = status;
  }
}
