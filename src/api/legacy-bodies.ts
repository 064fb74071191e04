import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { countedRows, fault, MAX_BUTTONS_PER_ROW, pageUrl } from '#protocol';
import type { LegacyButton } from '../buttons/legacy-buttons.ts';
import { HubError } from '../errors.ts';
import { SPANISH, type Words } from '../wording/wording.ts';

/** Telegram's limit for callback data, in bytes; older TPVs were written against it. */
const MAX_CALLBACK_DATA_BYTES = 64;
/** Every button keeps a copy. */
const MAX_METADATA_BYTES = 16 * 1024;

// Older TPVs are lenient with numbers in text and send fields of their own; so is this.
const whole = z.union([
  z.int(),
  z
    .string()
    .regex(/^-?\d{1,15}$/)
    .transform(Number),
]);
const text = z.union([z.string().max(1_000), z.number()]).transform(String);
const httpUrl = z.url({ protocol: /^https?$/ }).max(2_000);
const button = z
  .looseObject({
    text: z.string().min(1).max(256),
    callback_data: z
      .string()
      .refine(
        (data) => Buffer.byteLength(data) <= MAX_CALLBACK_DATA_BYTES,
        fault((say: Words) => say.upToBytes(MAX_CALLBACK_DATA_BYTES)),
      )
      .nullish(),
    url: pageUrl.nullish(),
  })
  .transform(({ text, callback_data: data, url }, { issues, value }): LegacyButton => {
    if (data != null) return { text, callback_data: data };
    if (url != null) return { text, url };
    issues.push({ code: 'custom', message: 'indica «callback_data» o «url»', input: value });
    return z.NEVER;
  });
const rows = countedRows(z.array(z.array(button).max(MAX_BUTTONS_PER_ROW)));

export const notificationBody = z.looseObject({
  token: text,
  callback_url: httpUrl,
  telegram_user_id: whole,
  mensaje: z.string(),
  botones: rows.default([]),
  expira_en: z
    .string()
    .transform((written) => written.replace(' ', 'T'))
    .pipe(z.iso.datetime({ offset: true, local: true }))
    .transform(timeOf)
    .optional(),
  uid_dispositivo: text.default(''),
  metadata: z
    .unknown()
    .optional()
    .transform((value) => JSON.stringify(value ?? {}))
    .refine(
      (json) => Buffer.byteLength(json) <= MAX_METADATA_BYTES,
      fault((say) => say.upToJsonBytes(MAX_METADATA_BYTES)),
    ),
});
export const editBody = z.looseObject({
  telegram_user_id: whole,
  message_id: whole,
  nuevo_texto: z.string(),
  botones: rows.optional(),
});
export const deleteBody = z.looseObject({ telegram_user_id: whole, message_id: whole });

/** A time without a zone is UTC, as the service before wrote it. */
function timeOf(written: string): number {
  return Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(written) ? written : `${written}Z`);
}

/**
 * Reads a body; null and "" count as absent, as in Python.
 * @throws HubError `invalid_request` that names what is missing in the words that older TPVs know
 */
export function readLegacy<T>(schema: z.ZodType<T>, { body }: FastifyRequest): T {
  const entries = typeof body === 'object' && body !== null ? Object.entries(body) : [];
  const given = Object.fromEntries(entries.filter(([, value]) => value !== null && value !== ''));
  const result = schema.safeParse(given, { error: SPANISH.ofSchema });
  if (result.success) return result.data;
  const fields = new Set(result.error.issues.map(({ path }) => String(path[0])));
  const missing = [...fields].filter((field) => !(field in given));
  if (missing.length > 0) throw invalid(`Faltan: ${missing.join(', ')}`);
  const [issue] = result.error.issues;
  throw invalid(`${issue?.path.join('.')}: ${issue?.message}`);
}

/** A refusal whose sentence the TPV gets as it is: older ones know it in Spanish, whatever the hub's language is. */
export function invalid(sentence: string): HubError {
  return new HubError('invalid_request', sentence, { details: [{ path: '', message: () => sentence }] });
}
