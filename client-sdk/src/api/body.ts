/** What a request carries. */
export interface RequestBody {
  contentType: string;
  /** Whether it can be sent a second time. */
  repeatable: boolean;
  /** Begins to read it; `moved` is called as its parts leave. */
  open(moved: () => void): string | AsyncIterable<Uint8Array>;
  /** Why it could not be read to its end: no fault of the network's. */
  readonly fault?: Error | undefined;
}

export function jsonBody(value: unknown): RequestBody {
  const text = JSON.stringify(value);
  return { contentType: 'application/json', repeatable: true, open: () => text };
}
