import fc from "fast-check";
import { expect, test } from "vitest";
import { SequenceNumbers } from "./sequence-numbers.ts";

const start = Date.UTC(2026, 0, 1);
/** An agent's counter: payloads raise it, manifests count only beyond it. */
class Counter {
  value = -1;
  payload(number: number): void {
    this.value = Math.max(this.value, number);
  }
  takes(timeline: number): boolean {
    if (timeline <= this.value) return false;
    this.value = timeline;
    return true;
  }
}
/** How many manifests it takes until one counts. */
function manifestsUntilTaken(numbers: SequenceNumbers, counter: Counter, revision: number, now: number): number {
  for (let unanswered = 0; unanswered < 40; unanswered++) {
    if (counter.takes(numbers.forManifest(revision, now + unanswered * 20_000, unanswered))) return unanswered + 1;
  }
  return Infinity;
}

test("within a process every manifest is greater than all before it, and no payload smaller", () => {
  const step = fc.record({
    manifest: fc.boolean(),
    commits: fc.nat(3),
    milliseconds: fc.integer({ min: -50, max: 50 }),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const numbers = new SequenceNumbers();
      const counter = new Counter();
      let [revision, now, last] = [1, start, 0];
      for (const { manifest, commits, milliseconds } of steps) {
        [revision, now] = [revision + commits, now + milliseconds];
        const number = manifest ? numbers.forManifest(revision, now, 0) : numbers.forPayload(revision, now);
        expect(number).toBeGreaterThanOrEqual(last);
        if (manifest) expect(counter.takes(number)).toBe(true);
        else counter.payload(number);
        last = number;
      }
    }),
  );
});

test("after a restored copy of the store, whose revisions are long gone by, the first manifest counts", () => {
  const counter = new Counter();
  const before = new SequenceNumbers();
  counter.payload(before.forPayload(90_000, start));
  counter.takes(before.forManifest(90_000, start, 0));
  expect(manifestsUntilTaken(new SequenceNumbers(), counter, 40, start + 60_000)).toBe(1);
});

test.each([
  ["a second", 1_000, 2],
  ["an hour", 3_600_000, 8],
  ["a year", 365 * 86_400_000, 15],
  ["thirty years", 30 * 365 * 86_400_000, 18],
])("after a clock that was set back by %s, %i ms, a few manifests later one counts", (_what, milliseconds, most) => {
  const counter = new Counter();
  counter.payload(start);
  expect(manifestsUntilTaken(new SequenceNumbers(), counter, 1, start - milliseconds)).toBeLessThanOrEqual(most);
});

test("while the clock knows no better than 1970, the revision counts", () => {
  const counter = new Counter();
  counter.payload(new SequenceNumbers().forPayload(100_000_000, 20_000));
  expect(manifestsUntilTaken(new SequenceNumbers(), counter, 100_000_001, 0)).toBe(1);
});

test("numbers stay exact, whatever happens", () => {
  const numbers = new SequenceNumbers();
  for (let times = 0; times < 10_000; times++) numbers.forManifest(1, start, times);
  expect(numbers.forPayload(1, start)).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER);
});
