import type { IncomingMessage } from 'node:http';
import { parseMultipart, type Upload } from './multipart.ts';
import { badRequest, Refusal } from './refusal.ts';

/** A call's parameters by name, whichever way they came. */
export type Params = Record<string, unknown>;

export interface CallInput {
  params: Params;
  /** The bytes of uploaded files, by the parameter that means them. */
  uploads: Map<string, Upload>;
  /** Runs the listener where the caller goes away before its answer. */
  onDisconnect: (listener: () => void) => void;
}

/** What a method that succeeded answers. */
export interface Success {
  result: unknown;
  description?: string;
}

/** A Bot API method. It throws a `Refusal` where Telegram refuses the call. */
export type Method = (input: CallInput) => Success | Promise<Success>;

const maxBodyBytes = 52 * 1024 * 1024;

// Forms carry text alone; these become what JSON would have carried, so that the ledger reads the same either way.
const jsonNames = new Set([
  'reply_markup',
  'entities',
  'caption_entities',
  'allowed_updates',
  'commands',
  'scope',
  'link_preview_options',
  'reply_parameters',
]);
const numberNames = new Set([
  'chat_id',
  'message_id',
  'message_thread_id',
  'reply_to_message_id',
  'user_id',
  'offset',
  'limit',
  'timeout',
  'latitude',
  'longitude',
  'max_connections',
  'cache_time',
]);
const booleanNames = new Set([
  'disable_notification',
  'protect_content',
  'drop_pending_updates',
  'show_alert',
  'disable_web_page_preview',
  'allow_sending_without_reply',
]);

/**
 * Reads a request's body whole.
 *
 * @throws {Refusal} 413 past `limitBytes`
 */
export async function readBody(request: IncomingMessage, limitBytes: number = maxBodyBytes): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Read on to the end: a client that is still sending would see a cut connection instead of the answer.
    if (size <= limitBytes) chunks.push(chunk);
  }
  if (size > limitBytes) throw new Refusal(413, 'Request Entity Too Large');
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

/** Gathers a call's parameters from the query and from a JSON, urlencoded or multipart body. */
export async function readInput(
  request: IncomingMessage,
  query: URLSearchParams,
): Promise<Pick<CallInput, 'params' | 'uploads'>> {
  const params: Params = {};
  const uploads = new Map<string, Upload>();
  for (const [name, value] of query) params[name] = typed(name, value);
  const body = await readBody(request);
  if (body.length === 0) return { params, uploads };

  const contentType = request.headers['content-type'] ?? '';
  if (contentType.startsWith('application/json')) {
    Object.assign(params, readJsonBody(body));
  } else if (contentType.startsWith('application/x-www-form-urlencoded')) {
    for (const [name, value] of new URLSearchParams(body.toString())) params[name] = typed(name, value);
  } else if (contentType.startsWith('multipart/form-data')) {
    const form = parseMultipart(contentType, body);
    for (const [name, value] of form.fields) params[name] = typed(name, value);
    attach(params, uploads, form.files);
  }
  for (const [name, value] of Object.entries(params)) {
    if (typeof value === 'string') params[name] = typed(name, value);
  }
  return { params, uploads };
}

function readJsonBody(body: Buffer): object {
  try {
    const value: unknown = JSON.parse(body.toString());
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch (error) {
    throw new Refusal(400, "Bad Request: can't parse JSON object", undefined, { cause: error });
  }
  throw badRequest("can't parse JSON object");
}

/** A file is its own parameter, or another parameter means it by `attach://<part>`. */
function attach(params: Params, uploads: Map<string, Upload>, files: Map<string, Upload>): void {
  const attached = new Set<string>();
  for (const [name, value] of Object.entries(params)) {
    if (typeof value !== 'string' || !value.startsWith('attach://')) continue;
    const part = value.slice('attach://'.length);
    const file = files.get(part);
    if (file === undefined) continue;
    attached.add(part);
    uploads.set(name, file);
    params[name] = file.summary;
  }
  for (const [part, file] of files) {
    if (attached.has(part)) continue;
    uploads.set(part, file);
    params[part] = file.summary;
  }
}

function typed(name: string, value: string): unknown {
  if (jsonNames.has(name)) return parsedJson(name, value);
  if (numberNames.has(name)) return /^\s*-?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value;
  if (booleanNames.has(name)) return /^(true|yes|1)$/i.test(value);
  return value;
}

function parsedJson(name: string, value: string): unknown {
  if (value === '') return undefined;
  try {
    return JSON.parse(value);
  } catch (error) {
    throw new Refusal(400, `Bad Request: can't parse ${name} JSON object`, undefined, { cause: error });
  }
}

/** A whole number, or undefined where there is none. */
export function integer(params: Params, name: string): number | undefined {
  const value = params[name];
  return typeof value === 'number' && Number.isInteger(value) ? value : undefined;
}

/** A text, "" where there is none. */
export function string(params: Params, name: string): string {
  const value = params[name];
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}
