/** Something only the user can put right; the message is meant for the terminal, as it stands. */
export class UserError extends Error {
  override readonly name = "UserError";
}
