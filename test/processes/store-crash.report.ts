/** What a child of the crash test found when it opened the database. */
export interface Opened {
  readonly revision: number;
  /** The highest revision that any resource has. */
  readonly newest: number;
  readonly lanes: readonly {
    readonly lane: string;
    /** The numbers in the three clusters that every commit of the lane writes together. */
    readonly corners: readonly number[];
    /** The numbers of its tasks, in the order of the listing. */
    readonly tasks: readonly number[];
  }[];
}

export const laneNames = ["lane-1", "lane-2", "lane-3", "lane-4"];
/** How many tasks a lane has at most. */
export const kept = 10;
