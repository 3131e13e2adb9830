/** A failure that the caller is meant to read: name and message go onto the wire as they stand. */
export class ApiError extends Error {
  override readonly name: string;
  /** 400 unless the service says otherwise. */
  readonly statusCode: number;
  /** Further members of the error's shape, as `resourceIds`. */
  readonly members?: Readonly<Record<string, unknown>>;
  constructor(
    name: string,
    message: string,
    options?: ErrorOptions & { readonly statusCode?: number; readonly members?: Readonly<Record<string, unknown>> },
  ) {
    super(message, options);
    this.name = name;
    if (options?.members !== undefined) this.members = options.members;
    this.statusCode = options?.statusCode ?? (name === "ServerException" || name === "InternalFailure" ? 500 : 400);
  }
}
