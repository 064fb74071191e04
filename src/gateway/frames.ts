import { CloseCode, type ErrorCode, refSchema, TPV_FRAME_TYPES, type TpvFrame, tpvFrameSchema } from '#protocol';
import { detailsOf, HubError } from '../errors.ts';
import { exceededBound, JSON_BOUNDS, type JsonBounds, placeOfNul, REPORT_BOUNDS } from '../json-bounds.ts';
import type { Wording, Words } from '../wording/wording.ts';

/** Of a connection that was cut; it is never sent. */
const CUT = 1006;

/** A frame from a TPV, or what is wrong with it. */
export type ReadFrame =
  | { frame: TpvFrame }
  | {
      problem: FrameProblem;
      ref: string | undefined;
      /** The first two count towards `protocol_error`; a frame whose sender learns by its `ref` why not does not. */
      fault: 'unreadable' | 'unknown_type' | 'too_much';
    };

export interface FrameProblem {
  code: ErrorCode | 'unknown_type';
  message: string;
  details?: { path: string; message: string }[];
}

/**
 * What a report answers, and what a button carries, may hold any JSON. A report is never lost for a NUL in its error's
 * words, and an id with one is unknown like any other.
 */
const ANY_JSON = ['response', 'buttons.*.*.data', 'reply.buttons.*.*.data', 'error_message', 'id'];

/**
 * Reads a frame of 256 KiB at most: its type decides, then what it holds is counted, and only then its schema looks
 * at it.
 * @param wording how what is wrong with it is said
 */
export function readFrame(text: string, { words, ofSchema }: Wording): ReadFrame {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    const problem: FrameProblem = { code: 'invalid_request', message: words.notAnObject };
    return { problem, ref: undefined, fault: 'unreadable' };
  }
  const ref = refSchema.safeParse('ref' in body ? body.ref : undefined).data;
  const type = 'type' in body ? body.type : undefined;
  if (typeof type === 'string' && !TPV_FRAME_TYPES.includes(type)) {
    // A newer client may know more types; that is no reason to cut it off.
    const problem: FrameProblem = {
      code: 'unknown_type',
      message: words.unknownType(type.slice(0, 64), TPV_FRAME_TYPES.join(', ')),
    };
    return { problem, ref, fault: 'unknown_type' };
  }
  const bounds = type === 'update' ? REPORT_BOUNDS : JSON_BOUNDS;
  if (exceededBound(text, bounds) !== undefined) return tooMuch(bounds, ref, words);
  const nul = placeOfNul(text, body, ANY_JSON);
  if (nul !== undefined) {
    const refused = new HubError('invalid_request', 'A text has a NUL.', {
      details: [{ path: nul, message: (say) => say.nul }],
    });
    return { problem: problemOf(refused, words), ref, fault: ref === undefined ? 'unreadable' : 'too_much' };
  }
  const parsed = tpvFrameSchema.safeParse(body, { error: ofSchema });
  if (parsed.success) return { frame: parsed.data };
  const refused = new HubError('invalid_request', 'A frame does not fit its schema.', {
    details: detailsOf(parsed.error),
  });
  return { problem: problemOf(refused, words), ref, fault: 'unreadable' };
}

function tooMuch({ depth, elements }: JsonBounds, ref: string | undefined, words: Words): ReadFrame {
  return {
    problem: { code: 'invalid_request', message: words.tooMuchInside(depth, elements) },
    ref,
    fault: ref === undefined ? 'unreadable' : 'too_much',
  };
}

export function problemOf(error: HubError, words: Words): FrameProblem {
  const { error: message, details } = error.told(words);
  return { code: error.code, message, ...(details && { details }), ...error.extra };
}

/** `result` if the frame had a usable `ref`, `error` otherwise. */
export function refusalFrame(problem: FrameProblem, ref: string | undefined): string {
  if (ref === undefined) return JSON.stringify({ type: 'error', error: problem });
  return JSON.stringify({ type: 'result', ref, ok: false, error: problem });
}

/** The close code that ws answers a broken frame with, by the error that it raises. */
export function brokenFrameCode(error: Error): number {
  const code = 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'WS_ERR_INVALID_UTF8':
      return CloseCode.InvalidUtf8;
    case 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH':
    case 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH':
      return CloseCode.FrameTooLarge;
    case 'WS_ERR_TOO_MANY_BUFFERED_PARTS':
      return CloseCode.TooManyFragments;
    default:
      return code.startsWith('WS_ERR') ? CloseCode.BrokenFrame : CUT;
  }
}
