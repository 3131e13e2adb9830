import type { SealedSegment } from "./seal-work.ts";

/** So many small ones of a group's day make a merge worth while. */
const fewest = 6;
/** What one merge takes, so that a thread's memory has room for it. */
const most = { events: 400_000, bytes: 16 * 1024 * 1024 } as const;
/** Below this size all are alike. */
const tinyBytes = 16 * 1024;

/**
 * Segments of one group and day to be made into one; none if it is not worth while yet. Each is at most twice as large as those smaller
 * than it together, so that an event is rewritten a few times in all and not with every merge.
 */
export function planMerge(segments: readonly SealedSegment[]): readonly SealedSegment[] {
  const chosen: SealedSegment[] = [];
  let [bytes, events] = [0, 0];
  for (const segment of segments.toSorted((a, b) => a.bytes - b.bytes)) {
    const isTooLarge = segment.bytes > 2 * Math.max(bytes, tinyBytes);
    if (isTooLarge && chosen.length >= fewest) break;
    if (isTooLarge) {
      // The smaller ones wait until there are more of them; the next larger ones may be a merge of their own.
      chosen.length = 0;
      [bytes, events] = [0, 0];
    }
    if (bytes + segment.bytes > most.bytes || events + segment.events > most.events) break;
    chosen.push(segment);
    bytes += segment.bytes;
    events += segment.events;
  }
  return chosen.length >= fewest ? chosen : [];
}
