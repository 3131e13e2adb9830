import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MemoryLogStore } from "../log-store/memory-log-store.ts";
import { ManualClock } from "../platform/clock.ts";
import { silentLogger } from "../platform/logger.ts";
import { parseQuery } from "./language/parse-query.ts";
import { QueryRunner } from "./query-runner.ts";

// Source of the language: CloudWatch Logs user guide, "CloudWatch Logs Insights language query syntax".
const now = Date.UTC(2026, 0, 1, 12);
const minute = 60_000;
const accountId = "000000000000";

/** Events of groups, oldest first, a minute apart. */
async function storeOf(groups: Readonly<Record<string, readonly (string | object)[]>>): Promise<MemoryLogStore> {
  const logStore = new MemoryLogStore();
  for (const [group, messages] of Object.entries(groups)) {
    await logStore.createGroup({ name: group, createdAt: now, tags: {} });
    await logStore.createStream(group, "s", now);
    const events = messages.map((message, at) => ({
      timestamp: now + at * minute,
      message: typeof message === "string" ? message : JSON.stringify(message),
    }));
    await logStore.append(group, "s", events, now);
  }
  return logStore;
}

async function run(logStore: MemoryLogStore, queryString: string, { limit = 10_000, groups = ["g"] } = {}) {
  const runner = new QueryRunner({ logStore });
  runner.start(
    { id: "q", queryString, groups, range: { groups, from: 0, to: now * 2 }, limit },
    { clock: new ManualClock(now), logger: silentLogger, accountId },
  );
  const known = runner.get("q");
  while (known?.query.status === "Scheduled" || known?.query.status === "Running") {
    await new Promise((resolve) => setImmediate(resolve));
  }
  return known?.query;
}
/** The rows as objects, without where they are. */
async function rowsOf(messages: readonly (string | object)[], query: string, limit?: number) {
  const done = await run(await storeOf({ g: messages }), query, limit === undefined ? {} : { limit });
  expect(done?.status).toBe("Complete");
  return done?.results.map((row) =>
    Object.fromEntries(row.filter(({ field }) => field !== "@ptr").map(({ field, value }) => [field, value])),
  );
}
/** What an expression comes to for one event. */
const valueOf = async (expression: string, message: string | object = "text") =>
  (await rowsOf([message], `fields ${expression} as x`))?.[0]?.["x"];

const requests = [
  { level: "INFO", path: "/a", ms: 10, status: 200, user: { name: "ann" } },
  { level: "ERROR", path: "/b", ms: 250, status: 500, user: { name: "bob" } },
  { level: "INFO", path: "/a", ms: 30, status: 200, tags: ["x", "y"] },
  { level: "ERROR", path: "/a", ms: 90, status: 503, user: { name: "ann" } },
];

describe("as the guide's examples have it", () => {
  test("sort: texts before numbers, runs of digits by their length and value", async () => {
    const sorted = [
      "!:",
      "#",
      "*%04",
      "0#",
      "5A",
      "111A",
      "2345_",
      "@",
      "@_",
      "A",
      "A9876fghj",
      "a12345hfh",
      "0",
      "01",
      "1",
      "2",
      "3",
    ];
    const rows = await rowsOf(
      sorted.toReversed().map((a) => ({ a })),
      "fields a | sort a asc",
    );
    expect(rows?.map((row) => row["a"])).toEqual(sorted);
    const back = await rowsOf(
      sorted.map((a) => ({ a })),
      "fields a | sort a desc",
    );
    expect(back?.map((row) => row["a"])).toEqual(sorted.toReversed());
  });

  test("dedup: rows that lack one of the values all stay", async () => {
    const rows = await rowsOf([{ a: 1 }, { a: 1 }, { a: 1, b: 2 }, { a: 1, b: 2 }], "fields a, b | dedup a, b");
    expect(rows).toEqual([{ a: "1", b: "2" }, { a: "1" }, { a: "1" }]);
  });

  test("stats: what is worked out from names before it", async () => {
    const query = `stats max(a / 1000) as most, min(a / 1000) as least, most - least as over`;
    expect(await rowsOf([{ a: 5000 }, { a: 1000 }], query)).toEqual([{ most: "5", least: "1", over: "4" }]);
    for (const bad of ["stats count(*) as n, m + 1 as x", "stats 1 as x", "stats m + 1 as x, count(*) as m"])
      expect(() => parseQuery(bad)).toThrow("has no aggregate function");
  });

  test("regular expressions: no case behind ^ either, and nothing that means something else here", async () => {
    const query = String.raw`fields @message | filter @message =~ /^(?i)exception$/`;
    expect(await rowsOf(["EXCEPTION", "exceptions"], query)).toEqual([{ "@message": "EXCEPTION" }]);
    expect(await rowsOf(["ax", "p{L}x"], String.raw`fields @message | filter @message like /^\p{L}x/`)).toEqual([
      { "@message": "ax" },
    ]);
    for (const bad of [
      String.raw`\Aabc`,
      String.raw`abc\z`,
      "[[:digit:]]",
      "[a-z&&[^b]]",
      "a(?i)b",
      "(?s)a",
      String.raw`\Qa.b\E`,
    ])
      expect(() => parseQuery(`filter @message like /${bad}/`)).toThrow("invalid regular expression");
    for (const good of [String.raw`\[A\]`, String.raw`\\A`, "(?:a|b)[^c]+", "(?<n>x)", "[a-z]+&&[0-9]"])
      expect(() => parseQuery(`filter @message like /${good}/`)).not.toThrow();
  });

  test("numbers are decimal, and long ones are told apart", async () => {
    expect(await rowsOf([{ a: "0x10" }, { a: "16" }, { a: "1.6e1" }], "fields a | filter a = 16")).toEqual([
      { a: "1.6e1" },
      { a: "16" },
    ]);
    const ids = [{ a: "12345678901234567890" }, { a: "12345678901234567891" }];
    expect(await rowsOf(ids, 'fields a | filter a = "12345678901234567891"')).toEqual([{ a: "12345678901234567891" }]);
  });
});

describe("rows", () => {
  test("are the newest first, with their time, message and pointer, unless the query says otherwise", async () => {
    const done = await run(await storeOf({ g: ["a", "b"] }), "");
    expect(done?.results).toEqual([
      [
        { field: "@timestamp", value: "2026-01-01 12:01:00.000" },
        { field: "@message", value: "b" },
        { field: "@ptr", value: expect.stringMatching(/^[A-Za-z0-9+/=]+$/) as string },
      ],
      [
        { field: "@timestamp", value: "2026-01-01 12:00:00.000" },
        { field: "@message", value: "a" },
        { field: "@ptr", value: expect.any(String) as string },
      ],
    ]);
    expect(await rowsOf(["a", "b"], "fields @message | sort @timestamp asc")).toEqual([
      { "@message": "a" },
      { "@message": "b" },
    ]);
    expect(await rowsOf(["a", "b"], "fields @message | sort @timestamp desc | limit 1")).toEqual([{ "@message": "b" }]);
  });

  test("of several groups come by time", async () => {
    const logStore = await storeOf({ a: ["a0", "a1", "a2"], b: ["b0", "b1"] });
    const done = await run(logStore, "fields @log, @message | sort @timestamp asc", { groups: ["a", "b"] });
    expect(done?.results.map((row) => row[1]?.value)).toEqual(["a0", "b0", "a1", "b1", "a2"]);
    expect(done?.results[0]?.[0]?.value).toBe(`${accountId}:a`);
  });

  test("have the fields of their JSON by dotted paths", async () => {
    expect(await rowsOf(requests, "fields path, user.name, tags.1, nothing | filter ms < 100 | sort ms desc")).toEqual([
      { path: "/a", "user.name": "ann" },
      { path: "/a", "tags.1": "y" },
      { path: "/a", "user.name": "ann" },
    ]);
    expect(await valueOf("`a-b`.c", { "a-b": { c: 1 } })).toBe("1");
    expect(await valueOf("a.b", { "a.b": 2 })).toBe("2");
  });

  test("of many events are found in slices", async () => {
    const many = Array.from({ length: 5_000 }, (_, at) => ({ at, even: at % 2 === 0 }));
    expect(await rowsOf(many, "filter even = 1 | stats count(*) as n, max(at) as m")).toEqual([
      { n: "2500", m: "4998" },
    ]);
    expect(await rowsOf(many, "fields at | limit 3")).toEqual([{ at: "4999" }, { at: "4998" }, { at: "4997" }]);
    expect(await rowsOf(many, "fields at | sort at asc", 2)).toEqual([{ at: "0" }, { at: "1" }]);
  });
});

describe("filter", () => {
  test.each([
    ['level = "ERROR"', 2],
    ["level = 'ERROR'", 2],
    ['level != "ERROR"', 2],
    ["status >= 500 and ms > 100", 1],
    ["status >= 500 or ms > 20", 3],
    ["not (status >= 500)", 2],
    ["status in [500, 503]", 2],
    ["status not in [500, 503]", 2],
    ["@message like /ERR.R/", 2],
    ["@message like /(?i)error/", 2],
    ['@message like "ERROR"', 2],
    ['@message not like "ERROR"', 2],
    ["path =~ /^.b$/", 1],
    ["ispresent(user.name)", 3],
    ["user.name = 'ann' and strcontains(path, 'a')", 2],
    ["ms % 4 = 2 and ms / 2 > 100", 1],
    ["ms in [10, 30] # a comment", 2],
    ["nothing > 1", 0],
  ])("%s lets %i through", async (condition, count) => {
    expect(await rowsOf(requests, `fields ms\n| FILTER ${condition}\n| sort ms`)).toHaveLength(count);
  });
});

describe("stats", () => {
  test("by a field, by a time, and of all", async () => {
    expect(await rowsOf(requests, "stats count(*) as n, avg(ms), max(ms) by level | sort n desc, level")).toEqual([
      { level: "ERROR", n: "2", "avg(ms)": "170", "max(ms)": "250" },
      { level: "INFO", n: "2", "avg(ms)": "20", "max(ms)": "30" },
    ]);
    expect(await rowsOf(requests, "stats sum(ms) by bin(2m)")).toEqual([
      { "bin(2m)": "2026-01-01 12:02:00.000", "sum(ms)": "120" },
      { "bin(2m)": "2026-01-01 12:00:00.000", "sum(ms)": "260" },
    ]);
    expect(await rowsOf(requests, "filter ms > 1000 | stats count(*)")).toEqual([{ "count(*)": "0" }]);
  });

  test.each([
    ["count(user.name)", "3"],
    ["count()", "4"],
    ["count_distinct(path)", "2"],
    ["sum(ms) / count(*)", "95"],
    ["pct(ms, 50)", "30"],
    ["pct(ms, 99)", "250"],
    ["min(ms)", "10"],
    ["stddev(status) > 1", "1"],
    ["earliest(path)", "/a"],
    ["latest(ms)", "90"],
    ["sortsFirst(path)", "/a"],
    ["sortsLast(path)", "/b"],
  ])("%s is %s", async (aggregate, expected) => {
    expect(await rowsOf(requests, `stats ${aggregate} as x`)).toEqual([{ x: expected }]);
  });

  test("of stats", async () => {
    expect(await rowsOf(requests, "stats count(*) as n by path | stats max(n) as m")).toEqual([{ m: "3" }]);
  });
});

describe("parse, dedup, unnest, display", () => {
  const line = 'GET /a?x=1 user=ann ms=12 rest "of it"';
  test.each([
    [
      'parse @message "* * user=* ms=* " as method, path, user, ms',
      { method: "GET", path: "/a?x=1", user: "ann", ms: "12" },
    ],
    ['parse "user=* " as who', { who: "ann" }],
    ["parse @message /user=(?<user>\\w+) ms=(?<ms>\\d+)/", { user: "ann", ms: "12" }],
    ['parse @message "nothing=*" as x', {}],
    ['parse @message "rest *" as rest', { rest: '"of it"' }],
  ])("%s", async (command, expected) => {
    const [row] = (await rowsOf([line], command)) ?? [];
    expect(row).toEqual({ "@timestamp": "2026-01-01 12:00:00.000", "@message": line, ...expected });
  });

  test("what is parsed is a field", async () => {
    const query = 'parse @message "ms=* " as ms | filter ms > 10 | stats avg(ms) as mean';
    expect(await rowsOf([line, line.replace("12", "20"), line.replace("12", "2")], query)).toEqual([{ mean: "16" }]);
  });

  test("dedup keeps the newest of each", async () => {
    expect(await rowsOf(requests, "fields path, ms | dedup path")).toEqual([
      { path: "/a", ms: "90" },
      { path: "/b", ms: "250" },
    ]);
  });

  test("unnest makes a row of each item", async () => {
    expect(await rowsOf(requests, "fields ms | unnest tags into tag | display tag, ms")).toEqual([
      { tag: "x", ms: "30" },
      { tag: "y", ms: "30" },
    ]);
    const list = { list: [{ id: 1 }, { id: 2 }] };
    expect(await rowsOf([list], "unnest list into item | display item.id")).toEqual([
      { "item.id": "1" },
      { "item.id": "2" },
    ]);
  });
});

describe("functions", () => {
  test.each([
    ["1 + 2 * 3 - 4 / 2", "5"],
    ["2 ^ 3 ^ 2", "512"],
    ["-(7 % 4)", "-3"],
    ["1 / 0", undefined],
    ["abs(-2.5)", "2.5"],
    ["greatest(1, 3, 2)", "3"],
    ["sqrt(16)", "4"],
    ["bin(5m)", "2026-01-01 12:00:00.000"],
    ["datefloor(@timestamp, 1mo)", "2026-01-01 00:00:00.000"],
    ["dateceil(@timestamp, 1w)", "2026-01-05 00:00:00.000"],
    ["datefloor(@timestamp, 1 quarter)", "2026-01-01 00:00:00.000"],
    ["toMillis(@timestamp)", String(now)],
    ["fromMillis(0)", "1970-01-01 00:00:00.000"],
    ["now()", String(now / 1000)],
    ["coalesce(nothing, 'x')", "x"],
    ["ispresent(nothing)", "0"],
    ["isValidIpV4('10.0.0.1')", "1"],
    ["isIpv4InSubnet('10.0.0.9', '10.0.0.0/29')", "0"],
    ["isIpInSubnet('10.0.0.1', '10.0.0.0/29')", "1"],
    ["isIpInSubnet('x', '10.0.0.0/99')", "0"],
    ["concat('a', 1, 'b')", "a1b"],
    ["trim('  a ')", "a"],
    ["ltrim('xxay', 'x')", "ay"],
    ["strlen('né')", "2"],
    ["toupper(@message)", "TEXT"],
    ["substr(@message, 1, 2)", "ex"],
    ["replace(@message, 't', 'd')", "dexd"],
    ["isblank(' ')", "1"],
    ["isempty(nothing)", "1"],
    [`jsonParse('{"a":{"b":1}}')`, '{"a":{"b":1}}'],
  ])("%s is %s", async (expression, expected) => {
    expect(await valueOf(expression)).toBe(expected);
  });
});

describe("what cannot be read", () => {
  test.each([
    ["filter", 6],
    ["filter x =", 10],
    ["fields a as", 11],
    ["nonsense x", 0],
    ["stats x", 7],
    ["filter count(*) > 1", 7],
    ["fields unknownFunction(x)", 7],
    ["limit x", 6],
    ["limit 0", 7],
    ['parse @message "*" as a, b', 14],
    ["parse @message /(a)/", 14],
    ["filter x like /(/", 17],
    ["fields a | | limit 1", 11],
    ["fields a limit 1", 9],
    ["pattern @message", 0],
    ["stats count(*) | stats count(*) | stats count(*)", 0],
  ])("%s is refused, with the place", (query, start) => {
    expect(() => parseQuery(query)).toThrow(expect.objectContaining({ name: "BadQuery", start }) as Error);
  });

  test("whatever is asked is a query or a clear refusal", () => {
    const word = fc.constantFrom(
      "fields",
      "filter",
      "stats",
      "|",
      "a",
      "@message",
      "count(*)",
      "by",
      "(",
      ")",
      '"x"',
      "like",
      "/a/",
      ",",
      "=",
      "not",
      "in",
      "[",
      "]",
      "sort",
      "limit",
      "5",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word, { maxLength: 12 }).map((words) => words.join(" ")),
        ),
        (query) => {
          try {
            expect(parseQuery(query).commands).toBeInstanceOf(Array);
          } catch (error) {
            expect(error).toMatchObject({ name: "BadQuery" });
          }
        },
      ),
    );
    expect(() => parseQuery(`filter ${"(".repeat(5_000)}`)).toThrow(
      expect.objectContaining({ name: "BadQuery" }) as Error,
    );
    expect(() => parseQuery(`filter ${"not ".repeat(5_000)}`)).toThrow(
      expect.objectContaining({ name: "BadQuery" }) as Error,
    );
  });
});

test("a regular expression that takes for ever ends its query, and no other", async () => {
  const logStore = await storeOf({ g: ["a".repeat(100)] });
  const done = await run(logStore, "filter @message like /(a+)+b/");
  expect(done?.status).toBe("Failed");
  expect((await run(logStore, "filter @message like /a/"))?.results).toHaveLength(1);
});

test("a query that is stopped stays so", async () => {
  const logStore = await storeOf({ g: Array.from({ length: 3_000 }, (_, at) => String(at)) });
  const runner = new QueryRunner({ logStore });
  const range = { groups: ["g"], from: 0, to: now * 2 };
  runner.start(
    { id: "q", queryString: "stats count(*)", groups: ["g"], range, limit: 10 },
    { clock: new ManualClock(now), logger: silentLogger, accountId },
  );
  const query = runner.get("q")?.query;
  expect([query?.stop(), query?.stop(), query?.status]).toEqual([true, false, "Cancelled"]);
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(query?.results).toEqual([]);
});
