import { parentPort } from "node:worker_threads";
import { type SealWork, seal } from "./seal-work.ts";
import type { SealAnswer } from "./sealer.ts";

// The thread behind ThreadSealer: work comes in as a message, what became of it goes out as one.
parentPort?.on("message", (work: SealWork) => {
  let answer: SealAnswer;
  try {
    answer = { sealed: seal(work) };
  } catch (error) {
    answer = { failure: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(answer);
});
