import { createHash } from 'node:crypto';
import { badRequest } from './refusal.ts';

/** What the ledger keeps of an uploaded file. */
export interface UploadSummary {
  file_name: string;
  mime_type: string;
  size: number;
  sha256: string;
}

export interface Upload {
  bytes: Buffer;
  summary: UploadSummary;
}

export interface Form {
  fields: Map<string, string>;
  files: Map<string, Upload>;
}

/**
 * Splits a multipart/form-data body (RFC 7578) into fields and files.
 *
 * @throws {Refusal} 400 where the body isn't one, or ends early
 */
export function parseMultipart(contentType: string, body: Buffer): Form {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const name = boundary?.[1] ?? boundary?.[2];
  if (name === undefined) throw badRequest("can't find the boundary of the multipart body");
  const form: Form = { fields: new Map(), files: new Map() };
  const delimiter = Buffer.from(`\r\n--${name}`);
  // The first delimiter stands at the very start, without the line break that belongs to the later ones.
  let at = body.indexOf(delimiter.subarray(2));
  if (at < 0) throw badRequest("can't parse the multipart body");
  at += delimiter.length - 2;
  while (body.toString('latin1', at, at + 2) !== '--') {
    const head = body.indexOf('\r\n\r\n', at);
    const end = head < 0 ? -1 : body.indexOf(delimiter, head + 2);
    if (head < 0 || end < 0) throw badRequest('the multipart body ends early');
    // A part without a body has its delimiter right behind the head, sharing the line break.
    addPart(form, body.toString('utf8', at, head), body.subarray(Math.min(head + 4, end), end));
    at = end + delimiter.length;
  }
  return form;
}

function addPart(form: Form, head: string, bytes: Buffer): void {
  const disposition = /^content-disposition:(.*)$/im.exec(head)?.[1] ?? '';
  const parameters = parametersOf(disposition);
  const name = parameters.get('name') ?? '';
  if (name === '') throw badRequest('field name in multipart/form-data not found');
  const fileName = parameters.get('filename');
  if (fileName === undefined) {
    form.fields.set(name, bytes.toString());
    return;
  }
  const mimeType = /^content-type:\s*(.+?)\s*$/im.exec(head)?.[1] ?? 'application/octet-stream';
  form.files.set(name, upload(bytes, fileName, mimeType));
}

/**
 * As Telegram's reader takes a header apart (tdnet/td/net/HttpReader.cpp in tdlib/td): a value ends at the first `;`, in
 * quotes too; quotes around it go, nothing in it is decoded, and of two parameters of one name the last counts.
 */
function parametersOf(disposition: string): Map<string, string> {
  const found = new Map<string, string>();
  const begin = disposition.indexOf(';');
  for (let rest = begin < 0 ? '' : disposition.slice(begin + 1); rest.includes('='); ) {
    const at = rest.indexOf('=');
    const end = rest.indexOf(';', at);
    const value = rest.slice(at + 1, end < 0 ? rest.length : end).trim();
    found.set(rest.slice(0, at).trim(), /^".*"$/.test(value) && value.length > 1 ? value.slice(1, -1) : value);
    rest = end < 0 ? '' : rest.slice(end + 1);
  }
  return found;
}

/** Bytes with what is known of them. */
export function upload(bytes: Buffer, fileName: string, mimeType: string): Upload {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { bytes, summary: { file_name: fileName, mime_type: mimeType, size: bytes.length, sha256 } };
}
