import { createHash, timingSafeEqual } from "node:crypto";
import { isOver, type Session } from "../model/session.ts";

/** Whether a token opens this session now. Compared in constant time. @param now epoch milliseconds */
export function isAdmitted(session: Session, token: string, now: number): boolean {
  const { admission } = session;
  if (admission === undefined || isOver(session) || session.status === "Terminating") return false;
  return isSameToken(token, admission.tokenHash) && now < admission.expiresAt;
}

/** @param tokenHash hexadecimal SHA-256 */
export function isSameToken(token: string, tokenHash: string): boolean {
  const expected = Buffer.from(tokenHash, "hex");
  const digest = createHash("sha256").update(token).digest();
  return expected.length === digest.length && timingSafeEqual(expected, digest);
}

/** Hexadecimal SHA-256, which is all that is kept of a token. */
export const hashToken = (token: string): string => createHash("sha256").update(token).digest("hex");
