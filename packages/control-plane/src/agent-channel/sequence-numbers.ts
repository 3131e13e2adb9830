/**
 * The numbers of the messages to one container instance: `seqNum` of payloads and `timeline` of manifests are one count. An
 * agent keeps the greatest that it has seen on its disk, and leaves a manifest aside unless its number is greater; so it can
 * tell one that was made before a payload and came after it. Source: agent protocol, section 3.6.
 *
 * A number is the time in milliseconds, or the store's revision where the clock is behind even that (a machine that has not
 * found out the time yet), and in any case greater than the one before where it has to be. Nothing is kept, because:
 *
 * - after a restart, the time has gone on, and so has the revision;
 * - after a restored older copy of the store, the revision has gone back, and the time has not: the first manifest counts;
 * - after a clock that was set back, and after leaps (below) of an earlier process, an agent's count may be ahead of both. It
 *   leaves the manifest aside, which is seen by the missing answer. Each further manifest leaps four times as far, from a
 *   second on: an hour is passed after seven more, a year after fourteen. Payloads count whatever their number, so the
 *   work goes on meanwhile.
 *
 * Numbers stay below 2^53, where every agent reads them exactly.
 */
export class SequenceNumbers {
  private last = 0;

  /** @param revision the store's when the payload was made @param now epoch milliseconds */
  forPayload(revision: number, now: number): number {
    this.last = Math.max(this.last, revision, Math.floor(now));
    return this.last;
  }

  /**
   * Greater than all before, also when neither time has passed nor anything was committed.
   * @param unanswered how many were sent before it without an answer
   */
  forManifest(revision: number, now: number, unanswered: number): number {
    const leap = unanswered === 0 ? 1 : 1000 * 4 ** Math.min(unanswered - 1, mostLeaps);
    this.last = Math.min(Math.max(this.last, revision, Math.floor(now)) + leap, Number.MAX_SAFE_INTEGER);
    return this.last;
  }
}

/** 1000 * 4^20 milliseconds are 35 years; no count is further ahead. */
const mostLeaps = 20;
