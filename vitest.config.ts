import { defineConfig } from "vitest/config";

// Two projects: "fast" needs nothing but Node; "docker" needs a container engine and runs its files one after another.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "fast",
          include: [
            "packages/*/src/**/*.test.ts",
            "test/*.test.ts",
            "test/{compatibility,scenarios,harness}/**/*.test.ts",
          ],
          pool: "threads",
          isolate: false,
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "processes",
          include: ["test/processes/**/*.test.ts"],
          pool: "forks",
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "docker",
          include: ["test/{docker,fleet,genuine-agent,stock-plugin}/**/*.test.ts"],
          pool: "forks",
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
