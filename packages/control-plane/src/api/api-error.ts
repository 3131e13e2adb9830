/** A failure that the caller is meant to read: name and message go onto the wire as they stand. */
export class ApiError extends Error {
  override readonly name: string;
  /** 400 unless the service says otherwise. */
  readonly statusCode: number;
  constructor(name: string, message: string, options?: ErrorOptions & { readonly statusCode?: number }) {
    super(message, options);
    this.name = name;
    this.statusCode = options?.statusCode ?? (name === "ServerException" || name === "InternalFailure" ? 500 : 400);
  }
}
