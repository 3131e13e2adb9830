import { decodeBlock, eventsOf, messagesOf } from "../blocks/block.ts";
import type { Catalogue } from "../catalogue.ts";
import { FreshJournal } from "../fresh/fresh-journal.ts";
import { boundsOf } from "../position.ts";
import { noteDelivery, withEvents } from "../stream-state.ts";
import { type LeftJournal, readJournals } from "./journal.ts";

/** What an earlier process left in its journals, as it was when it ended. */
export interface Recovered {
  readonly journals: readonly FreshJournal[];
  readonly nextJournal: number;
  readonly nextSequence: number;
}

/** Reads the journals that are not sealed yet; streams are described as they were after the last append. */
export function recover(directory: string, catalogue: Catalogue): Recovered {
  const { sealedJournal, nextSequence } = catalogue.progress;
  const journals = readJournals(directory, sealedJournal).map((left) => recoverJournal(left, catalogue));
  return {
    journals,
    nextJournal: (journals.at(-1)?.number ?? sealedJournal) + 1,
    nextSequence: Math.max(nextSequence, ...journals.map(({ lastSequence }) => lastSequence + 1)),
  };
}

function recoverJournal({ number, path, bytes, records }: LeftJournal, catalogue: Catalogue): FreshJournal {
  const journal = new FreshJournal(number, path);
  journal.bytes = bytes;
  for (const { groupId, delivery, block } of records) {
    const events = eventsOf(decodeBlock(block));
    const [event] = events;
    if (event === undefined) continue;
    const { streamId, ingestedAt } = event;
    const bounds = boundsOf(events);
    journal.lastSequence = Math.max(journal.lastSequence, events.at(-1)?.sequence ?? 0);
    const group = catalogue.byId.get(groupId);
    const name = group?.names.get(streamId);
    const stream = name === undefined ? undefined : group?.streams.get(name);
    if (stream === undefined) continue; // deleted since
    journal.eventsOf(groupId).append({ streamId, ...bounds, block });
    journal.touch(stream);
    if (delivery !== undefined) noteDelivery(stream.deliveries, delivery);
    if (number <= stream.savedJournal) continue; // its description has these already
    stream.value = withEvents(stream.value, { ...bounds, bytes: messagesOf(block).length, ingestedAt });
  }
  journal.complete();
  return journal;
}
