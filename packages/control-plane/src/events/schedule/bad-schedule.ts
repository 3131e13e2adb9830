/** The expression cannot be read; the message says what is wrong with it. */
export class BadSchedule extends Error {
  override readonly name = "BadSchedule";
}
