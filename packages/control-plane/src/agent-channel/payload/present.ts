/** An object without its undefined members, so that absent stays absent on the wire. */
export function present<T extends object>(members: T): Present<T> {
  const there: Partial<T> = {};
  for (const name of Object.keys(members) as (keyof T)[]) {
    if (members[name] !== undefined) there[name] = members[name];
  }
  return there as unknown as Present<T>;
}

/** Members that may be undefined may be absent; all others are there. */
export type Present<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** A list that has something in it, or undefined. */
export const filled = <T>(list: readonly T[] | undefined): readonly T[] | undefined =>
  list === undefined || list.length === 0 ? undefined : list;
