/** What a child of the crash test found in one stream when it opened the log store. */
export interface Found {
  readonly lane: string;
  /** Of the numbers that are there; 0 if there is none. */
  readonly first: number;
  readonly last: number;
  /** Every number from the first to the last is there once, in order. */
  readonly isWhole: boolean;
}

export const laneNames = ["one/a", "one/b", "two/a"];

export function lanesOf(lane: string): [group: string, stream: string] {
  const [group = "", stream = ""] = lane.split("/");
  return [group, stream];
}
