/**
 * How long to wait for an acknowledge before a message is sent again, learned from those that came. Milliseconds.
 * Source: exec session protocol, section 2.7.
 */
export class RoundTrip {
  private mean = 100;
  private variation = 0;
  private wait = 200;

  get timeout(): number {
    return this.wait;
  }

  /** @param measured time between a message's last sending and its acknowledge */
  learn(measured: number): void {
    this.variation = (3 * this.variation + Math.abs(this.mean - measured)) / 4;
    this.mean = (7 * this.mean + measured) / 8;
    this.wait = Math.min(longestWait, this.mean + Math.max(shortestMargin, 4 * this.variation));
  }
}
const longestWait = 1_000;
const shortestMargin = 10;
