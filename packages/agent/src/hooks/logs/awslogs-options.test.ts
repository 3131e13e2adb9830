import { describe, expect, test } from "vitest";
import { awslogsOptions } from "./awslogs-options.ts";
import { datetimePattern } from "./datetime-format.ts";

describe("awslogsOptions", () => {
  test("reads where to, and takes what has no effect here", () => {
    const config = {
      "awslogs-group": "/app",
      "awslogs-stream": "web/app/1",
      "awslogs-region": "us-east-1",
      "awslogs-create-group": "true",
      mode: "non-blocking",
      "max-buffer-size": "25m",
    };
    expect(awslogsOptions(config)).toEqual({ group: "/app", stream: "web/app/1", createGroup: true });
  });

  test.each<[Record<string, string>, string]>([
    [{}, "must specify a value for log opt 'awslogs-group'"],
    [{ "awslogs-group": "g", "max-size": "1m" }, "unknown log opt 'max-size' for awslogs log driver"],
    [
      { "awslogs-group": "g", "awslogs-create-group": "yes" },
      `log opt 'awslogs-create-group': strconv.ParseBool: parsing "yes"`,
    ],
    [{ "awslogs-group": "g", "awslogs-datetime-format": "%Y", "awslogs-multiline-pattern": "x" }, "at the same time"],
  ])("refuses %j", (config, words) => {
    expect(() => awslogsOptions(config)).toThrow(expect.objectContaining({ name: "CannotCreateContainerError" }));
    expect(() => awslogsOptions(config)).toThrow(words);
  });

  test("a pattern that is none fails the start", () => {
    const config = { "awslogs-group": "g", "awslogs-multiline-pattern": "(" };
    expect(() => awslogsOptions(config)).toThrow(
      /^Error response from daemon: failed to initialize logging driver: awslogs could not parse/,
    );
  });

  test("takes Go's flags in front of a pattern", () => {
    const { startOfEvent } = awslogsOptions({ "awslogs-group": "g", "awslogs-multiline-pattern": "(?i)^warn" });
    expect(startOfEvent?.test("WARN: x")).toBe(true);
  });
});

test.each([
  ["%Y-%m-%d", "2026-01-02 x", true],
  ["%Y-%m-%d", "26-1-2", false],
  ["\\[%b %d, %Y %H:%M:%S\\]", "[May 01, 2017 19:00:01] A message", true],
  ["%H:%M:%S%L", "19:00:01.123", true],
  ["%H:%M:%S,%f%z", "19:00:01,123456+0100", true],
  ["100%%", "100%", true],
])("the format %s finds %s: %s", (format, line, found) => {
  expect(new RegExp(datetimePattern(format)).test(line)).toBe(found);
});
