/** A log group. Times are epoch milliseconds. */
export interface LogGroup {
  readonly name: string;
  readonly createdAt: number;
  /** Events older than so many days go; without it they stay. */
  readonly retentionDays?: number;
  readonly tags: Readonly<Record<string, string>>;
  /** Whether callers may not delete it. */
  readonly deletionProtected?: true;
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

/**
 * Which delivery of its sender a batch is, so that one that comes again is known: `number` grows with each batch that `source` sends
 * to a stream, and a number up to the last one that came is one that was there already.
 */
export interface Delivery {
  readonly source: string;
  readonly number: number;
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
  /** Texts that every message has to contain, all of them, letter by letter. Where there are any, reading is much quicker. */
  readonly needles?: readonly string[];
  /** What else an event has to be like; asked after everything above. Must not throw. */
  readonly where?: (event: StoredLogEvent) => boolean;
  /** UTF-8 bytes of messages to look through, roughly, after which the answer is what was found by then; default 64 MiB. */
  readonly scanBytes?: number;
}

/** What was found, and how far the search came. */
export interface LogPage {
  /** In the order of the query. */
  readonly events: readonly StoredLogEvent[];
  /**
   * Give it as `beyond` to go on; absent when everything was looked through. A page may have it and no events: then nothing
   * matched as far as the search came.
   */
  readonly next?: LogPosition;
}

/** What one append put into a stream. */
export interface AppendedEvents {
  readonly group: string;
  readonly stream: string;
  /** In the order in which they were given, which need not be that of their times; at least one. */
  readonly events: readonly StoredLogEvent[];
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
   * @param delivery of the eight sources that sent last to a stream, each delivery of any events is kept once, however often it comes
   * @returns false if the stream is gone
   */
  append(
    group: string,
    stream: string,
    events: readonly NewLogEvent[],
    ingestedAt: number,
    delivery?: Delivery,
  ): Promise<boolean>;
  /**
   * A page of a group's events; none of a group that is not there. Sees every append that had resolved when it was called.
   * Does not hold up the event loop: a long search goes step by step.
   */
  read(query: LogQuery): Promise<LogPage>;
  /**
   * Tells of every append, after it is durable and at the latest when it resolves; those of a stream in their order. Called
   * within the flush: a listener is quick and must not throw. @returns the way to stop it
   */
  watch(listener: (appended: AppendedEvents) => void): () => void;
  /** From when it resolves no answer has events of the group from before this time; their room on disk comes free later. */
  expire(group: string, before: number): Promise<void>;
  /** Flushes what is under way and lets go of the files; changes that come later reject. */
  close(): Promise<void>;
}
