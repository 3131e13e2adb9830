import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseFilterPattern } from "./filter-pattern.ts";

const matches = (pattern: string, message: string) => parseFilterPattern(pattern).matches(message);
const refusal = (pattern: string): unknown => {
  try {
    return parseFilterPattern(pattern);
  } catch (error) {
    return error;
  }
};

// Source of the cases: CloudWatch Logs user guide, "Filter pattern syntax".
describe("terms", () => {
  test.each([
    ["", "anything", true],
    ["ERROR", "[ERROR] no disk", true],
    ["ERROR", "error", false],
    ["ERROR ARGUMENTS", "ERROR: invalid ARGUMENTS", true],
    ["ERROR ARGUMENTS", "ERROR: nothing", false],
    ['"INTERNAL SERVER ERROR"', "500 INTERNAL SERVER ERROR", true],
    ['"INTERNAL SERVER ERROR"', "INTERNAL ERROR", false],
    [String.raw`"say \"hi\""`, 'say "hi"', true],
    ['"50% to 60%"', "from 50% to 60% now", true],
    ["ERROR -ARGUMENTS", "ERROR 401", true],
    ["ERROR -ARGUMENTS", "ERROR ARGUMENTS", false],
    ['-"a b"', "a b", false],
    ["?ERROR ?WARN", "WARN low", true],
    ["?ERROR ?WARN", "INFO fine", false],
  ])("%s on %s: %s", (pattern, message, expected) => {
    expect(matches(pattern, message)).toBe(expected);
  });

  test.each([
    '"open',
    "%something!%",
    "%(ab)+%",
    "%café%",
    String.raw`%\p%`,
    "%%",
    "%abc",
    "%a{3,%",
    "%a% b",
    "a %b%",
    "%[a%",
    "%a{1000}{2}%",
    "[a, ..., b, ..., c]",
    "[a, a]",
    "[a = ]",
    "[a, b",
    "[a, b] trailing",
    "[a = 1 ||]",
    "[1a]",
    "[a, b=x || c=y]",
    "[a=%x%, b=%y%, c=%z%]",
    "{ $.a = 1 } trailing",
    "{ $.a == 1 }",
    "{ $.a EXISTS }",
    "{ $.a[x] = 1 }",
    "{ $.a[99999999999] = 1 }",
    '{ $.a = "open }',
    "{ $.*[*] = 1 }",
    "{ $.a[*] = 1 || $.b[*] = 1 || $.c[*] = 1 || $.d[*] = 1 }",
    "{",
    "{ $.a }",
    "{ $.a = }",
    "{ a = 1 }",
    "{ $.a > x }",
    "{ ($.a = 1 }",
    "{ $.a = 1 && }",
    "{ $.a IS MAYBE }",
  ])("refuses %s", (pattern) => {
    expect(refusal(pattern)).toMatchObject({
      name: "BadFilterPattern",
      message: expect.stringMatching(/ at position \d+$/) as string,
    });
  });

  test("a quoted text matches just the messages that contain it", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), (term, message) => {
        const quoted = `"${term.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
        expect(matches(quoted, message)).toBe(message.includes(term));
        expect(matches(quoted, message + term)).toBe(true);
      }),
    );
  });

  test("whatever is asked is a matcher or a clear refusal", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((inner) => `{ $.a ${inner} }`),
          fc.string().map((inner) => `[a ${inner}]`),
          fc.string().map((inner) => `%${inner}%`),
        ),
        fc.string(),
        (pattern, message) => {
          try {
            expect(typeof matches(pattern, message)).toBe("boolean");
          } catch (error) {
            expect(error).toMatchObject({ name: "BadFilterPattern" });
          }
        },
      ),
    );
  });
});

describe("JSON selectors", () => {
  const message = JSON.stringify({
    level: "error",
    status: 503,
    user: { name: "ann", admin: true },
    tags: ["a", "b"],
    none: null,
  });
  test.each([
    ['{ $.level = "error" }', true],
    ['{ $.level = "err*" }', true],
    ['{ $.level = "*r*o*" }', true],
    ['{ $.level = "*x*" }', false],
    ['{ $.level = "error*r" }', false],
    ['{ $.level != "error" }', false],
    ['{ $.missing != "x" }', false],
    ["{ $.status = 503 }", true],
    ["{ $.status >= 500 && $.status < 504 }", true],
    ["{ $.status > 503 }", false],
    ['{ $.user.name = "ann" && $.user.admin IS TRUE }', true],
    ['{ $.tags[1] = "b" }', true],
    ['{ $.level = "info" || ($.status = 503 && $.user.name = "ann") }', true],
    ["{ $.none IS NULL }", true],
    ["{ $.missing NOT EXISTS }", true],
    ["{ $.level = error }", true],
  ])("%s: %s", (pattern, expected) => {
    expect(matches(pattern, message)).toBe(expected);
    expect(matches(pattern, "no JSON")).toBe(false);
  });
});

describe("selectors, wildcards and numbers", () => {
  const trail = JSON.stringify({
    eventType: "UpdateTrail",
    sourceIPAddress: "111.111.111.111",
    arrayKey: ["value", "another value"],
    objectList: [
      { name: "a", id: 1 },
      { name: "b", id: 2 },
    ],
    SomeObject: null,
    "cluster.name": "c",
    number: [1000],
    errorCode: 404,
    path: "a/b",
  });
  test.each([
    ['{ $.eventType = "UpdateTrail" }', true],
    ["{ $.sourceIPAddress != 123.123.* }", true],
    ["{ $.sourceIPAddress != 111.111.* }", false],
    ['{ $.arrayKey[0] = "value" }', true],
    ['{ $.arrayKey[1] = "value" }', false],
    ['{ $.arrayKey = "value" }', false],
    ["{ $.eventType = %Trail% }", true],
    ["{ $.arrayKey[*] = %val.{2}% }", true],
    [String.raw`{ $.* = %111\.111\.111\.1[0-9]{1,2}% }`, true],
    [`{ $.['cluster.name'] = "c" }`, true],
    ["{ $.SomeObject IS NULL }", true],
    ["{ $.eventType IS NULL }", false],
    ["{ $.SomeOtherObject NOT EXISTS }", true],
    ["{ $.eventType NOT EXISTS }", false],
    ['{ $.objectList[1].name = "b" }', true],
    ["{ $.objectList[*].id = 2 }", true],
    ["{ $.number[0] = 1e+3 }", true],
    ["{ $.number[0] = 1E3 }", true],
    ["{ $.number[0] != 1e-3 }", true],
    ["{ $.errorCode = 4* }", true],
    ["{ $.errorCode = 404.0 }", true],
    ['{ $.SomeObject = "*" }', false],
  ])("%s: %s", (pattern, expected) => {
    expect(matches(pattern, trail)).toBe(expected);
    // Another spelling of the same document.
    const escaped = trail.replaceAll("a", String.raw`\u0061`).replaceAll("/", String.raw`\/`);
    expect(matches(pattern, escaped)).toBe(expected);
  });

  const user = JSON.stringify({
    user: { id: 1, email: "John.Stiles@example.com" },
    users: [{ id: 2, email: "John.Doe@example.com" }],
    actions: ["GET", "PUT", "DELETE"],
    coordinates: [
      [0, 1, 2],
      [4, 5, 6],
    ],
  });
  test.each([
    ['{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }', true],
    ['{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "no" && $.actions[2] = "no" }', true],
    ['{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "no") && $.actions[2] = "no" }', false],
    ["{ $.coordinates[1][2] = 6 }", true],
  ])("%s: %s", (pattern, expected) => {
    expect(matches(pattern, user)).toBe(expected);
  });
});

describe("regular expressions", () => {
  test.each([
    ["%AUTHORIZED%", "[ERROR 401] UNAUTHORIZED REQUEST", true],
    ["%AUTHORIZED%", "[SUCCESS 200] OK", false],
    ["%^[hc]at%", "hat trick", true],
    ["%^[hc]at%", "a hat", false],
    ["%[hc]at$%", "the cat", true],
    ["%[hc]at$%", "the cats", false],
    ["%colou?r%", "color", true],
    ["%^a{3,5}$%", "aaaa", true],
    ["%^a{3,5}$%", "aa", false],
    ["%^a{3,5}$%", "aaaaaa", false],
    ["%^a{2,}$%", "aaaaaa", true],
    ["%gra|ey%", "grey", true],
    ["%^starting|^shutting down%", "shutting down now", true],
    ["%^starting|^shutting down%", "not shutting down", false],
    [String.raw`%\[.\]%`, "value [7] here", true],
    ["%ab*c%", "ac", true],
    ["%ab+c%", "ac", false],
    [String.raw`%^\D\d\s\w$%`, "a1 _", true],
    [String.raw`%\x3A%`, "key:value", true],
    [String.raw`%10\.10\.0\.1%`, "from 10010,051", false],
    ["%[^a-c]%", "abc", false],
    ["%[^a-c]%", "abcé", true],
    ["%.%", "\n", false],
    ["%^$%", "", true],
    ["%^$%", "a", false],
  ])("%s on %s: %s", (pattern, message, expected) => {
    expect(matches(pattern, message)).toBe(expected);
  });

  test("match as the language's own do, and are skipped by their needles never wrongly", () => {
    const piece = fc.tuple(
      fc.constantFrom("a", "b", ".", "[ab]", "[^a]", String.raw`\d`, "1", "ab"),
      fc.constantFrom("", "", "*", "+", "?", "{2}", "{1,3}", "{0,2}", "{2,}"),
    );
    const alternative = fc
      .tuple(
        fc.constantFrom("", "", "^"),
        fc.array(piece, { minLength: 1, maxLength: 5 }),
        fc.constantFrom("", "", "$"),
      )
      .map(([start, pieces, end]) => start + pieces.map((each) => each.join("")).join("") + end);
    const expression = fc.array(alternative, { minLength: 1, maxLength: 3 }).map((each) => each.join("|"));
    const text = fc.array(fc.constantFrom("a", "b", "1", "é", "\n"), { maxLength: 12 }).map((each) => each.join(""));
    fc.assert(
      fc.property(expression, text, (source, message) => {
        const pattern = parseFilterPattern(`%${source}%`);
        const expected = new RegExp(source).test(message);
        expect(pattern.matches(message)).toBe(expected);
        if (expected) for (const needle of pattern.needles) expect(message).toContain(needle);
      }),
      { numRuns: 500 },
    );
  });
});

describe("fields", () => {
  const apache = '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534';
  test.each([
    ["[ip, user, username, timestamp, request, status_code, bytes]", true],
    ["[ip, user, rest]", true],
    ["[a, b, c, d, e, f, g, h]", false],
    ["[a, b, c, d, e, f, g, h, ...]", false],
    ["[..., bytes]", true],
    ["[ip, ..., bytes]", true],
    ["[]", true],
    [String.raw`[ip=%127\.0\.0\.[1-9]%, user, username, timestamp, request =*.html*, status_code = 4*, bytes]`, true],
    ["[..., request =*.html*, status_code = 4*, bytes]", true],
    ["[..., request =*.html*, status_code = 4*,]", true],
    ["[..., status_code = 404 || status_code = 410, bytes]", true],
    ["[..., status_code >= 400 && status_code < 500, bytes]", true],
    ["[..., (status_code = 1 || status_code = 404) && status_code != 5*, bytes]", true],
    ["[..., bytes > 1000]", true],
    ["[..., bytes > 2000]", false],
    ['[..., request="GET /index.html HTTP/1.0", status_code, bytes]', true],
  ])("%s: %s", (pattern, expected) => {
    expect(matches(pattern, apache)).toBe(expected);
  });

  test.each([
    ["[w1=ERROR, w2]", "ERROR 09/25/2014 12:00:02 Failed", true],
    ["[w1=ERROR, w2]", "INFO 09/25/2014 12:00:00 GET", false],
    ["[w1=ERROR, w2]", "ERROR", false],
    ["[w1=ERROR]", "ERROR 09/25/2014 Failed", false],
    ["[w1=ERROR || w1=%WARN%, w2]", "WARNING 09/25/2014 Invalid", true],
    ["[w1!=ERROR && w1!=WARNING, w2]", "INFO 09/25/2014", true],
    ["[w1!=ERROR && w1!=WARNING, w2]", "ERROR 09/25/2014", false],
    ["[..., url=%/service/resource/[0-9]+$%, time]", "INFO GET /service/resource/67 1200", true],
    ["[..., url=%/service/resource/[0-9]+$%, time]", "INFO POST /service/resource/67/part/111 1310", false],
    ["[a]", "", false],
    ["[]", "", true],
  ])("%s on %s: %s", (pattern, message, expected) => {
    expect(matches(pattern, message)).toBe(expected);
  });

  test("named fields are shown by name, all others by position", () => {
    const shown = (pattern: string) => parseFilterPattern(pattern).valuesIn(apache);
    expect(shown("[..., status_code=4*, size]")).toEqual({
      $1: "127.0.0.1",
      $2: "Prod",
      $3: "frank",
      $4: "10/Oct/2000:13:25:15 -0700",
      $5: "GET /index.html HTTP/1.0",
      $status_code: "404",
      $size: "1534",
    });
    expect(shown("[ip, rest]").$rest).toBe(apache.slice("127.0.0.1 ".length));
    expect(Object.keys(shown("[]"))).toHaveLength(7);
  });

  test.each<[string, string, string, string | undefined]>([
    ["[ip, ..., bytes]", "$bytes", apache, "1534"],
    ["[ip, ..., bytes]", "$2", apache, "Prod"],
    ["[ip, ..., bytes]", "$9", apache, undefined],
    ["{ $.a = 1 }", "$.latency.ms", '{"a":1,"latency":{"ms":2.5}}', "2.5"],
    ["{ $.a = 1 }", "$.b", '{"a":1}', undefined],
    ["{ $.a = 1 }", "$.a", "no JSON", undefined],
  ])("%s: %s is read off", (pattern, reference, message, expected) => {
    expect(parseFilterPattern(pattern).reader(reference)?.(message)).toBe(expected);
  });
  test.each([
    ["[ip, ..., bytes]", "$size"],
    ["{ $.a = 1 }", "$size"],
    ["ERROR", "$1"],
  ])("%s has no %s", (pattern, reference) => {
    expect(parseFilterPattern(pattern).reader(reference)).toBeUndefined();
  });
});

test.each<[string, readonly string[]]>([
  ["", []],
  ['ERROR "a b" -c ?d', ["ERROR", "a b"]],
  ["?one", ["one"]],
  ["?one ?two", []],
  [String.raw`%ab+c\.d*e%`, ["ab", "bc.", "e"]],
  ["%a|b%", []],
  ["[..., request=*GET*.html*, status=404, bytes>1]", ["GET", ".html"]],
  ["[a=x || a=xy, b]", []],
  ['{ $.a = "x" }', []],
])("%s has the needles %j", (pattern, needles) => {
  expect(parseFilterPattern(pattern).needles).toEqual(needles);
});

describe("no pattern takes long", () => {
  // The longest pattern there may be, on a quarter of the longest message: at most 0.1 s each, which is length times length; what
  // tries combinations would never end.
  const most = 1_024;
  const fit = (pattern: (count: number) => string) => {
    let count = most;
    while (pattern(count).length > most) count--;
    return pattern(count);
  };
  const message = "a".repeat(262_144);
  test.each<[string, string]>([
    ["a long term that is nearly there", fit((count) => `${"a".repeat(count)}b`)],
    ["the same from its other end", fit((count) => `b${"a".repeat(count)}`)],
    ["and in its middle", fit((count) => `${"a".repeat(count / 2)}b${"a".repeat(count / 2)}`)],
    ["many terms", fit((count) => "b ".repeat(count))],
    ["many that are optional", fit((count) => "?b ".repeat(count))],
    ["many quotation marks", '"'.repeat(most)],
    ["many that are escaped", fit((count) => `"${String.raw`\"`.repeat(count)}`)],
    ["many per cent signs", "%".repeat(most)],
    ["many stars", fit((count) => `{ $.a = "${"*a".repeat(count)}b" }`)],
    ["many stars, nearly there", fit((count) => `{ $.a = "${"a*".repeat(count)}b*" }`)],
    ["deep parentheses", fit((count) => `{ ${"(".repeat(count)}$.a = 1${")".repeat(count)} }`)],
    ["parentheses that stay open", fit((count) => `{ ${"(".repeat(count)} }`)],
    ["a deep selector", fit((count) => `{ $${".a".repeat(count)} = 1 }`)],
    ["many conditions", fit((count) => `{ ${Array(count).fill("$.a=1").join("||")} }`)],
    ["blanks", `{${" ".repeat(most - 2)}}`],
    ["an expression of many repetitions", `%${"a*".repeat(300)}b%`],
    ["an expression of many choices", `%${"a?".repeat(300)}${"a".repeat(300)}b%`],
    ["many fields", fit((count) => `[${Array.from({ length: count }, (_, at) => `f${at}`).join()}]`)],
  ])("%s", (_case, pattern) => {
    const messages = [message, JSON.stringify({ a: message }), "[".repeat(262_144), `{"a":`.repeat(50_000)];
    const start = performance.now();
    for (const each of messages) {
      try {
        matches(pattern, each);
      } catch (error) {
        expect(error).toMatchObject({ name: "BadFilterPattern" });
      }
    }
    expect(performance.now() - start).toBeLessThan(3_000);
  });
});
