import { expect, test } from "vitest";
import { openFailure } from "./open-failure.ts";

const failure = (message: string, more: object) => Object.assign(new Error(message), more);
const endpoint = "https://house:4577";

test.each<[unknown, string | RegExp]>([
  [
    failure("self-signed certificate in certificate chain", { code: "SELF_SIGNED_CERT_IN_CHAIN" }),
    /^The certificate of https:\/\/house:4577 is not trusted: self-signed .*NODE_EXTRA_CA_CERTS/s,
  ],
  [failure("not in it", { code: "ERR_TLS_CERT_ALTNAME_INVALID" }), /does not hold: not in it\.$/],
  [failure("connect ECONNREFUSED", { code: "ECONNREFUSED" }), `${endpoint} cannot be reached: connect ECONNREFUSED.`],
  [failure("getaddrinfo EAI_AGAIN", { code: "EAI_AGAIN" }), /cannot be reached: getaddrinfo/],
  [failure("", { code: "ECONNREFUSED" }), `${endpoint} cannot be reached: ECONNREFUSED.`],
  [
    failure("Cluster not found.", { name: "ClusterNotFoundException", $fault: "client" }),
    "ClusterNotFoundException: Cluster not found.",
  ],
])("%s", (error, told) => {
  const text = openFailure(error, endpoint);
  if (typeof told === "string") expect(text).toBe(told);
  else expect(text).toMatch(told);
});

test.each([new TypeError("x is not a function"), failure("odd", { code: "ERR_ODD" }), "text"])(
  "a mistake of ours stays one: %s",
  (error) => expect(openFailure(error, endpoint)).toBeUndefined(),
);
