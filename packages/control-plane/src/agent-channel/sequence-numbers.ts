/**
 * The numbers of the messages to one container instance: `seqNum` of payloads and `timeline` of manifests are one count. An
 * agent leaves a manifest aside unless its number is greater than any that it has seen; so it can tell one that was made
 * before a payload and came after it. They are store revisions, which survive a restart, and more where that is needed.
 * Source: agent protocol, section 3.6.
 */
export class SequenceNumbers {
  private last = 0;

  /** @param revision the store's when the payload was made */
  forPayload(revision: number): number {
    this.last = Math.max(this.last, revision);
    return this.last;
  }

  /**
   * Greater than all before, also when nothing was committed meanwhile.
   * @param unanswered how many were sent before it without an answer. Each time it leaps twice as far, so that it soon passes an
   * agent's count that comes from a store which had seen more, as after a restored backup.
   */
  forManifest(revision: number, unanswered: number): number {
    this.last = Math.max(this.last, revision) + 2 ** Math.min(unanswered, 40);
    return this.last;
  }
}
