/** What each conversion of strftime matches. Source: Docker's documentation of the awslogs driver, awslogs-datetime-format. */
const conversions: Readonly<Record<string, string>> = {
  a: "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)",
  A: "(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)",
  b: "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)",
  B: "(?:January|February|March|April|May|June|July|August|September|October|November|December)",
  d: "\\d{2}",
  f: "\\d{6}",
  H: "\\d{2}",
  I: "\\d{2}",
  j: "\\d{3}",
  L: "\\.\\d{3}",
  m: "\\d{2}",
  M: "\\d{2}",
  p: "[AP]M",
  S: "\\d{2}",
  w: "[0-6]",
  y: "\\d{2}",
  Y: "\\d{4}",
  z: "[+-]\\d{4}",
  Z: "[A-Z]{1,4}T",
};

/**
 * The regular expression for an `awslogs-datetime-format`. What is no conversion is taken as a part of a regular expression, as
 * Docker does: `\[%b %d, %Y\]`.
 */
export function datetimePattern(format: string): string {
  return format.replace(/%(.)/g, (whole, letter: string) => (letter === "%" ? "%" : (conversions[letter] ?? whole)));
}
