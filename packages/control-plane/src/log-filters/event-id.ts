/** What an event is called: fifty-six digits, in the order of arrival. @param sequence as the log store gives it */
export const eventIdOf = (sequence: number): string => String(sequence).padStart(56, "0");
