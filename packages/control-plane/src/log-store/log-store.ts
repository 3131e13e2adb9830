/** A log group. Times are epoch milliseconds. */
export interface LogGroup {
  readonly name: string;
  readonly createdAt: number;
  /** Events older than so many days go; without it they stay. */
  readonly retentionDays?: number;
  readonly tags: Readonly<Record<string, string>>;
}

export interface LogStream {
  readonly group: string;
  readonly name: string;
  readonly createdAt: number;
  /** Of the oldest and the newest event by its own time; absent while there is none. */
  readonly firstEventAt?: number;
  readonly lastEventAt?: number;
  readonly lastIngestionAt?: number;
  /** UTF-8 bytes of all messages that were ever put. */
  readonly storedBytes: number;
}

export interface NewLogEvent {
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly message: string;
}
export interface StoredLogEvent extends NewLogEvent {
  readonly stream: string;
  readonly ingestedAt: number;
  /** Grows with arrival; different for every event. */
  readonly sequence: number;
}

/** A place between events, in the order of their times and, where those are equal, of their arrival. */
export interface LogPosition {
  readonly timestamp: number;
  readonly sequence: number;
}

/** What to read of a group, from one place on. */
export interface LogQuery {
  readonly group: string;
  /** All of the group if absent. */
  readonly streams?: readonly string[];
  /** Epoch milliseconds, inclusive. */
  readonly from?: number;
  /** Epoch milliseconds, exclusive. */
  readonly to?: number;
  /** Only what comes after this place, or before it when reading backwards. */
  readonly beyond?: LogPosition;
  readonly backwards?: boolean;
  readonly limit: number;
  /** UTF-8 bytes of messages after which no more come, so that long lines do not fill the memory; one event always comes. */
  readonly bytes?: number;
}

/**
 * Log groups, their streams, and what was written into them. Reading sees every append that has resolved. Groups and streams
 * come in the order of their names.
 */
export interface LogStore {
  groups(): readonly LogGroup[];
  group(name: string): LogGroup | undefined;
  /** Durable when it resolves, like every change. @returns false if there is one of that name */
  createGroup(group: LogGroup): Promise<boolean>;
  /** Changes a group as it is by then, so that changes of one turn do not undo each other. @returns false if it is gone */
  updateGroup(name: string, change: (group: LogGroup) => LogGroup): Promise<boolean>;
  /** With everything in it. */
  deleteGroup(name: string): Promise<void>;
  streams(group: string): readonly LogStream[];
  stream(group: string, name: string): LogStream | undefined;
  /** @returns false if there is one of that name, or no such group */
  createStream(group: string, name: string, createdAt: number): Promise<boolean>;
  deleteStream(group: string, name: string): Promise<void>;
  /**
   * All events or none. Appends of one turn of the event loop share one flush. @param ingestedAt epoch milliseconds
   * @returns false if the stream is gone
   */
  append(group: string, stream: string, events: readonly NewLogEvent[], ingestedAt: number): Promise<boolean>;
  /** In the order of the query; costs as much as it returns. */
  read(query: LogQuery): readonly StoredLogEvent[];
  /** Removes events older than `before` of one group, at most `limit` of them. @returns how many went */
  expire(group: string, before: number, limit: number): number;
  /** Flushes what is under way and lets go of the file; changes that come later reject. */
  close(): Promise<void>;
}
