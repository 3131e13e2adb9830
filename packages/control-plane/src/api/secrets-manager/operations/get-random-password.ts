import type { Operation } from "../operation.ts";
import { randomPassword } from "../random-password.ts";

/** Source: Secrets Manager API reference, GetRandomPassword. */
export const getRandomPassword: Operation<"GetRandomPassword"> = async (input) => ({
  RandomPassword: randomPassword(input),
});
