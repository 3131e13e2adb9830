/** What goes back to whoever asked; `body` is sent as it stands. */
export interface Answer {
  readonly status: number;
  readonly type: "application/json" | "text/plain";
  readonly body: string;
}

/** What an endpoint is asked. */
export interface Question {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  /** As `172.17.0.2`. */
  readonly clientAddress: string;
  /** With the port, as `172.17.0.2:40112`. */
  readonly client: string;
  readonly userAgent: string;
}

export const json = (value: unknown, status = 200): Answer => ({
  status,
  type: "application/json",
  body: JSON.stringify(value),
});

export const plain = (body: string, status = 200): Answer => ({ status, type: "text/plain", body });

export const notFound: Answer = plain("404 page not found\n", 404);
