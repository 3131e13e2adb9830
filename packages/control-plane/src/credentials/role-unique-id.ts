import { createHash } from "node:crypto";

const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The unique id of a role, `AROA` and 17 letters or digits. Here it follows from the ARN. */
export function roleUniqueId(roleArn: string): string {
  const digest = createHash("sha256").update(roleArn).digest();
  return `AROA${Array.from(digest.subarray(0, 17), (byte) => base32[byte % base32.length]).join("")}`;
}
