import type { Operation } from "../operation.ts";

/**
 * Where an agent opens its two sockets; it adds `/ws` to each. Both are at the address under which the caller reached
 * this server, which agents keep for twelve hours.
 */
export const discoverPollEndpoint: Operation<"DiscoverPollEndpoint"> = async (_input, { endpoint }) => ({
  endpoint: `${endpoint}/acs`,
  telemetryEndpoint: `${endpoint}/tcs`,
});
