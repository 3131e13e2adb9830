import { expect, test } from "vitest";
import { SealedTexts } from "../../credentials/sealed-text.ts";
import { TemporaryCredentials } from "../../credentials/temporary-credentials.ts";
import { ManualClock } from "../../platform/clock.ts";
import { defaultSettings } from "../../settings.ts";
import { type AccessKeys, temporaryKeys } from "../http/access-keys.ts";
import { rootCaller } from "../http/open-authenticator.ts";
import { RegistryTokens } from "./registry-tokens.ts";

const key = Buffer.alloc(32, 1);
const clock = new ManualClock();
const credentials = new TemporaryCredentials(key);
const sealed = new SealedTexts(key, "registry logins");
const root = { ...rootCaller(defaultSettings), accessKeyId: "AKIAROOT" };
const session = {
  roleArn: "arn:aws:iam::000000000000:role/app",
  sessionName: "me",
  expiresAt: clock.now() + 3_600_000,
};
const issued = credentials.issue(session);
const roleCaller = temporaryKeys(credentials, defaultSettings).lookupKey(
  issued.accessKeyId,
  issued.sessionToken,
)?.caller;
const tokensWith = (keys: AccessKeys) => new RegistryTokens({ sealed, credentials, keys, clock });

test("a password stands for the role's session that asked for it", () => {
  const tokens = tokensWith(temporaryKeys(credentials, defaultSettings));
  const { token, expiresAt } = tokens.issue(roleCaller ?? root);
  expect(expiresAt).toEqual(new Date(clock.now() + 12 * 3_600_000));
  expect(tokens.open(token)).toEqual(roleCaller);
  expect(token).not.toContain("role");
});

test("a password opens nothing once its identity's key does not", () => {
  const { token } = tokensWith({ lookupKey: () => undefined }).issue(root);
  expect(tokensWith({ lookupKey: () => undefined }).open(token)).toBeUndefined();
  const there = tokensWith({
    lookupKey: (id) => (id === root.accessKeyId ? { secretAccessKey: "", caller: root } : undefined),
  });
  expect(there.open(token)).toEqual(root);
  expect(there.open(`${token.slice(0, -4)}AAAA`)).toBeUndefined();
});

test("an address of a blob is no password, and a password no address", () => {
  const tokens = tokensWith({ lookupKey: () => ({ secretAccessKey: "", caller: root }) });
  const blob = { repository: "app", digest: "sha256:1" };
  const address = tokens.issueForBlob(blob);
  expect(tokens.open(address)).toBeUndefined();
  expect(tokens.opensBlob(address, blob)).toBe(true);
  expect(tokens.opensBlob(address, { ...blob, repository: "other" })).toBe(false);
  expect(tokens.opensBlob(tokens.issue(root).token, blob)).toBe(false);
});
