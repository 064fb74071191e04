import fastifyMultipart, { type MultipartFile, type MultipartValue } from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { PushFields } from '#protocol';
import { type ErrorDetail, HubError } from '../errors.ts';
import { formFileName, mimeType } from '../push/file-name.ts';
import { MAX_DOCUMENT_BYTES, MAX_PHOTO_BYTES } from '../push/message.ts';
import type { SavedUpload, UploadStore } from '../push/uploads.ts';
import type { Sentence } from '../wording/wording.ts';
import { nulAt, parseJson } from './json-body.ts';

/** A push as its form says it. */
export interface MultipartPush {
  /** The fields with the types of the JSON body, still to be validated by `pushSchema`. */
  body: unknown;
  /** The caller owns the file from here on: if the push is refused, or was there already, it removes it. */
  upload?: SavedUpload;
}

/** How the text of a form field becomes what the JSON body has in its place. */
const FIELDS = {
  telegram_user_id: 'number',
  message_type: 'text',
  text: 'text',
  data: 'json',
  parse_mode: 'text',
  disable_notification: 'boolean',
  buttons: 'json',
  expires_in: 'number',
  single_use: 'boolean',
  if_unknown: 'text',
  keyboard: 'json',
  one_time: 'boolean',
  placeholder: 'text',
  reply_to_message_id: 'number',
  protect_content: 'boolean',
  message_thread_id: 'number',
} as const satisfies Record<keyof PushFields, 'text' | 'number' | 'boolean' | 'json'>;
const FIELD_COUNT = Object.keys(FIELDS).length;

const FILES = {
  photo: { limitBytes: MAX_PHOTO_BYTES, name: 'foto.jpg', mimeType: 'image/jpeg' },
  document: { limitBytes: MAX_DOCUMENT_BYTES, name: 'documento', mimeType: 'application/octet-stream' },
} as const;

/** All fields together, as for a JSON body. */
const MAX_FIELDS_BYTES = 1024 * 1024;
/** A request that announces more than this is refused unread. */
const MAX_REQUEST_BYTES = MAX_DOCUMENT_BYTES + MAX_FIELDS_BYTES + 64 * 1024;

/** Lets the routes of this plugin, and no others, take `multipart/form-data`; they read it with `readPushForm`. */
export async function acceptForms(app: FastifyInstance): Promise<void> {
  await app.register(fastifyMultipart, {
    throwFileSizeLimit: false,
    limits: {
      parts: FIELD_COUNT + 1,
      fields: FIELD_COUNT,
      files: 1,
      fieldNameSize: 100,
      fieldSize: MAX_FIELDS_BYTES,
      headerPairs: 20,
      // The store counts: each kind of file has its own limit.
      fileSize: Number.POSITIVE_INFINITY,
    },
  });
}

/**
 * Reads a push that came as a form; its file goes to the store while it comes. Whatever fails, no file stays.
 * @throws HubError `invalid_request`, `payload_too_large`, `unavailable`
 */
export async function readPushForm(request: FastifyRequest, store: UploadStore): Promise<MultipartPush> {
  let upload: SavedUpload | undefined;
  let part: string | undefined;
  try {
    if (Number(request.headers['content-length'] ?? 0) > MAX_REQUEST_BYTES) {
      throw new HubError('payload_too_large', 'A form announces more than any push may have.');
    }
    const body: Record<string, unknown> = {};
    let fieldsBytes = 0;
    for await (const one of request.parts()) {
      if (one.type === 'file') {
        upload = await saveFile(one, store);
        part = one.fieldname;
        continue;
      }
      fieldsBytes += one.fieldname?.length ?? 0;
      fieldsBytes += typeof one.value === 'string' ? Buffer.byteLength(one.value) : 0;
      if (one.valueTruncated || fieldsBytes > MAX_FIELDS_BYTES) {
        throw new HubError('payload_too_large', 'The fields of a form are too large.');
      }
      if (Object.hasOwn(body, one.fieldname)) throw fault(one.fieldname, (say) => say.moreThanOnce);
      body[one.fieldname] = await fieldValue(request, one);
    }
    if (part !== undefined && body.message_type !== part) {
      const kind = part;
      throw fault('message_type', (say) => say.typeOfFile(kind));
    }
    return upload === undefined ? { body } : { body, upload };
  } catch (error) {
    if (upload !== undefined) await store.remove(upload.file);
    // The client reads the answer only once it could send the rest; it is read and thrown away, for as long as any
    // request may take.
    request.raw.unpipe();
    request.raw.resume();
    if (error instanceof HubError) throw error;
    throw new HubError('invalid_request', 'A form could not be read.', { cause: error, details: [unreadable(error)] });
  }
}

async function saveFile(one: MultipartFile, store: UploadStore): Promise<SavedUpload> {
  const part = one.fieldname;
  if (part !== 'photo' && part !== 'document') throw unknownPart(part);
  const { limitBytes, ...otherwise } = FILES[part];
  return store.save(one.file, {
    part,
    limitBytes,
    name: formFileName(one.filename, otherwise.name),
    mimeType: mimeType(one.mimetype) ?? otherwise.mimeType,
  });
}

/** Text that is not what its field wants stays text: the schema then says so, with its path. */
async function fieldValue(request: FastifyRequest, { fieldname, value, mimetype }: MultipartValue): Promise<unknown> {
  if (!isField(fieldname)) throw unknownPart(fieldname);
  // Such a part was parsed already.
  if (typeof value !== 'string' || mimetype === 'application/json') return value;
  if (value.includes('\0'))
    throw new HubError('invalid_request', 'A field has a NUL.', { details: [nulAt(fieldname)] });
  const kind = FIELDS[fieldname];
  switch (kind) {
    case 'text':
      return value;
    case 'number':
      return /^-?\d{1,16}$/.test(value) ? Number(value) : value;
    case 'boolean':
      return value === 'true' ? true : value === 'false' ? false : value;
    case 'json':
      return jsonField(request, fieldname, value);
    default:
      return kind satisfies never;
  }
}

async function jsonField(request: FastifyRequest, field: string, text: string): Promise<unknown> {
  return parseJson(request, text, field).catch((error: unknown) => {
    throw error instanceof HubError ? error : fault(field, (say) => say.notJson, error);
  });
}

function isField(name: string): name is keyof typeof FIELDS {
  return Object.hasOwn(FIELDS, name);
}

function unknownPart(name: string | undefined): HubError {
  return fault((name ?? '').slice(0, 100), (say) => say.unknownPart);
}

function fault(path: string, message: Sentence, cause?: unknown): HubError {
  return new HubError('invalid_request', 'A form does not fit a push.', { cause, details: [{ path, message }] });
}

/** What the parser could not make sense of, in words for the caller. */
function unreadable(error: unknown): ErrorDetail {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'FST_PARTS_LIMIT':
    case 'FST_FILES_LIMIT':
    case 'FST_FIELDS_LIMIT':
      return { path: '', message: (say) => say.tooManyParts(FIELD_COUNT) };
    case 'FST_INVALID_JSON_FIELD_ERROR':
      return { path: '', message: (say) => say.fieldIsNotJson };
    case 'FST_PROTO_VIOLATION':
      return { path: '', message: (say) => say.badFieldName };
    default:
      return { path: '', message: (say) => say.brokenForm };
  }
}
