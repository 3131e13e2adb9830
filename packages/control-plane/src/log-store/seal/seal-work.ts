import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type BlockEvent, decodeBlock, eventsOf } from "../blocks/block.ts";
import { decodeRecords } from "../journal/journal-record.ts";
import { comparePositions, type Floor, isBelow } from "../position.ts";
import { readSegmentSync, type WrittenSegment, writeSegment } from "../segments/segment-file.ts";

/** What is to be left of a group's events. */
export interface Keep {
  readonly groupId: number;
  readonly floors: readonly Floor[];
  /** Streams that are gone; of a journal's, what it has and is not gone may be left out. */
  readonly goneStreams: readonly number[];
}

/** Events out of a journal or out of segments of one group, to be written into new segments, one a group and day. */
export interface SealWork {
  readonly from: { readonly journal: string } | { readonly segments: readonly string[] };
  /** Groups of which there is anything to keep. */
  readonly keep: readonly Keep[];
  /** Where segments are. */
  readonly directory: string;
  /** Of the first that is written; those that follow count on. */
  readonly nextId: number;
}
export interface SealedSegment extends WrittenSegment {
  readonly id: number;
  readonly groupId: number;
  /** Days since the epoch, UTC. */
  readonly day: number;
}

const dayMs = 86_400_000;

/** Relative to the directory of segments. */
export function segmentName({ groupId, day, id }: Pick<SealedSegment, "groupId" | "day" | "id">): string {
  return join(String(groupId), `${new Date(day * dayMs).toISOString().slice(0, 10)}.${id}.segment`);
}

/** Writes segments and is done when they are on disk. Takes its time: for a thread of its own. */
export function seal({ from, keep, directory, nextId }: SealWork): readonly SealedSegment[] {
  const byGroup =
    "journal" in from
      ? eventsOfJournal(from.journal)
      : new Map([[keep[0]?.groupId ?? 0, eventsOfSegments(from.segments)]]);
  const written: SealedSegment[] = [];
  for (const { groupId, floors, goneStreams } of keep) {
    const gone = new Set(goneStreams);
    const events = (byGroup.get(groupId) ?? [])
      .filter((event) => !gone.has(event.streamId) && !isBelow(floors, event))
      .sort(comparePositions);
    for (const [day, ofDay] of Map.groupBy(events, ({ timestamp }) => Math.floor(timestamp / dayMs))) {
      const about = { id: nextId + written.length, groupId, day };
      written.push({ ...about, ...writeSegment(join(directory, segmentName(about)), ofDay) });
    }
  }
  return written;
}

function eventsOfJournal(path: string): ReadonlyMap<number, BlockEvent[]> {
  const byGroup = new Map<number, BlockEvent[]>();
  for (const { groupId, block } of decodeRecords(readFileSync(path)).records) {
    let events = byGroup.get(groupId);
    if (events === undefined) byGroup.set(groupId, (events = []));
    for (const event of eventsOf(decodeBlock(block))) events.push(event);
  }
  return byGroup;
}

function eventsOfSegments(paths: readonly string[]): BlockEvent[] {
  const events: BlockEvent[] = [];
  for (const path of paths)
    for (const block of readSegmentSync(path)) for (const event of eventsOf(decodeBlock(block))) events.push(event);
  return events;
}
