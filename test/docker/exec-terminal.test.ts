import { join } from "node:path";
import { terminalSessions } from "../exec/terminal-sessions.ts";
import { repository } from "./house.ts";

terminalSessions({
  title: "hatoba exec at a terminal",
  words: (task, command, container) => [
    join(repository, "hatoba"),
    "exec",
    task,
    ...(container === undefined ? [] : ["--container", container]),
    command,
  ],
  env: {},
  handsOnExitCodes: true,
  isCooked: false,
});
