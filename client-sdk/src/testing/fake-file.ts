/** A file that a person sent. */
export interface FakeFile {
  bytes: Uint8Array;
  name?: string;
  /** Default `application/octet-stream`. */
  type?: string;
}
