import { createHash } from "node:crypto";

/** A digest as registries write it. ECR knows SHA-256 alone. */
export const isDigest = (text: string): boolean => /^sha256:[0-9a-f]{64}$/.test(text);

export const digestOf = (content: Uint8Array): string => `sha256:${createHash("sha256").update(content).digest("hex")}`;
