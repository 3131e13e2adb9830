import { describe, expect, test } from "vitest";
import { awslogsOptions } from "./awslogs-options.ts";
import { datetimePattern } from "./datetime-format.ts";
import { expandTag } from "./log-tag.ts";

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
    [{ "awslogs-group": "g", mode: "x" }, "Error response from daemon: logger: logging mode not supported: x"],
    [{ "awslogs-group": "g", "max-buffer-size": "4m" }, "only supported with 'mode=non-blocking'"],
    [
      { "awslogs-group": "g", mode: "non-blocking", "max-buffer-size": "4q" },
      "error parsing option max-buffer-size: invalid size: '4q'",
    ],
    [
      { "awslogs-group": "g", "awslogs-force-flush-interval-seconds": "0" },
      "must specify a positive integer for log opt 'awslogs-force-flush-interval-seconds': 0",
    ],
    [
      { "awslogs-group": "g", "awslogs-max-buffered-events": "x" },
      "must specify a positive integer for log opt 'awslogs-max-buffered-events': x",
    ],
    [{ "awslogs-group": "g", "awslogs-format": "xml" }, "unsupported log format 'xml'"],
    [
      { "awslogs-group": "g", "awslogs-format": "json/emf", "awslogs-multiline-pattern": "x" },
      "when log opt 'awslogs-format' is set to 'json/emf'",
    ],
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

  test.each(["{{.Foo}}", "a {{", "{{ID}}"])("neither does the tag %s", (tag) => {
    expect(() => awslogsOptions({ "awslogs-group": "g", tag })).toThrow(
      /failed to initialize logging driver: template/,
    );
  });

  test("a tag names the stream, unless that has a name", () => {
    const tag = "{{.Name}}/{{ .ID }}";
    expect(awslogsOptions({ "awslogs-group": "g", tag })).toEqual({ group: "g", tag, createGroup: false });
    expect(awslogsOptions({ "awslogs-group": "g", tag, "awslogs-stream": "s" })).not.toHaveProperty("tag");
    const container = { id: "0123456789abcdef".repeat(4), name: "ecs-web-1-app-1", image: "web:1" };
    expect(expandTag(tag, container)).toBe("ecs-web-1-app-1/0123456789ab");
    expect(expandTag("{{.ImageName}} {{.FullID}} {{.DaemonName}}", container)).toBe(`web:1 ${container.id} docker`);
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
