import { expect, test } from "vitest";
import { commandText } from "./command-text.ts";

test.each<[readonly string[], string]>([
  [[], "/bin/sh"],
  [["ls -l /tmp"], "ls -l /tmp"],
  [["ls", "-l", "/tmp"], "ls -l /tmp"],
  [["sh", "-c", "echo 'a b'"], `sh -c 'echo '\\''a b'\\'''`],
  [["echo", ""], "echo ''"],
])("%j", (words, text) => expect(commandText(words)).toBe(text));
