import { z } from 'zod';
import { fault } from './faults.ts';

/** Largest `data` of a button, in bytes of JSON. */
export const MAX_BUTTON_DATA_BYTES = 4 * 1024;
/** Telegram shows so many in a row, and drops what is more without a word (td/telegram/ReplyMarkup.cpp in tdlib/td). */
export const MAX_BUTTONS_PER_ROW = 12;
/** Telegram's limit for all buttons of a message; a reply keyboard keeps to it too. */
export const MAX_BUTTONS = 100;
/** What Telegram takes of a message's buttons in all, in bytes, as its users report; it adds to what is counted here. */
const MAX_MARKUP_BYTES = 10 * 1024;
/** Telegram's limit for what a button copies, in UTF-16 units. */
const MAX_COPY_LENGTH = 256;
/** Telegram's limit for what a reply keyboard writes into the empty field, in UTF-16 units. */
const MAX_PLACEHOLDER_LENGTH = 64;

/**
 * A text that Telegram takes whole. Zod counts an emoji as one; Telegram does not say how it counts, so that each is
 * counted as the two units that it is at most.
 */
function textUpTo(units: number) {
  return z
    .string()
    .min(1)
    .refine(
      (value) => value.length <= units,
      fault((say) => say.upToUnits(units)),
    )
    .meta({ maxLength: units });
}

/** A URL that the hub or Telegram fetches. */
export const httpUrl = z.url({ protocol: /^https?$/ }).max(2_000);

/** What a button shows. Telegram takes none that is empty but for space. */
const label = z
  .string()
  .min(1)
  .max(64)
  .refine(
    (value) => value.trim() !== '',
    fault((say) => say.blank),
  );
const style = z.enum(['primary', 'success', 'danger']).optional();

/** Telegram opens pages whose host is an address or has a dot. Also asked of what is no URL. */
function hasWholeHost(url: string): boolean {
  return /[.:]/.test(URL.parse(url)?.hostname.replace(/\.$/, '') ?? '');
}

const WHOLE_HOST = fault((say) => say.wholeHost);

/** A page that Telegram lets a button open. */
export const pageUrl = z
  .url({ protocol: /^(https?|tg)$/ })
  .max(2_000)
  .refine((value) => value.startsWith('tg:') || hasWholeHost(value), WHOLE_HOST);
/** A page that Telegram opens within itself. */
const webAppUrl = z
  .url({ protocol: /^https$/ })
  .max(2_000)
  .refine(hasWholeHost, WHOLE_HOST);

/** JSON that fits into a button; its size is counted as it will be stored. */
const buttonData = z.unknown().refine(
  (value) => Buffer.byteLength(JSON.stringify(value ?? null)) <= MAX_BUTTON_DATA_BYTES,
  fault((say) => say.upToJsonBytes(MAX_BUTTON_DATA_BYTES)),
);

/**
 * A button does one thing: become an instruction, open a page (in the browser, or within Telegram), copy a text, or
 * have a URL of the TPV called.
 */
export const buttonSchema = z.union([
  z.strictObject({ text: label, style, action: z.string().min(1).max(64), data: buttonData.optional() }),
  z.strictObject({ text: label, style, url: pageUrl }),
  z.strictObject({ text: label, style, callback_url: httpUrl }),
  z.strictObject({ text: label, style, copy_text: textUpTo(MAX_COPY_LENGTH) }),
  z.strictObject({ text: label, style, web_app: webAppUrl }),
]);
/** A button under a message. */
export type Button = z.infer<typeof buttonSchema>;

/** What of a button reaches Telegram as it came; what it does at the hub is there a short token. */
const shownFields = ['text', 'url', 'web_app', 'copy_text'] as const;
type Shown = Partial<Record<(typeof shownFields)[number], unknown>>;

/**
 * Counts rows and buttons before any of them is looked at: a schema takes seconds over 300,000 of them. And at the end
 * what all of them say and open.
 * @param rows the schema of rows that are not too many
 */
export function countedRows<T extends z.ZodType<readonly (readonly Shown[])[]>>(rows: T) {
  const counted = z.preprocess((value, { issues }) => {
    if (!Array.isArray(value)) return value;
    const count = value.reduce((sum: number, row) => sum + (Array.isArray(row) ? Math.max(row.length, 1) : 1), 0);
    if (count <= MAX_BUTTONS) return value;
    issues.push({ code: 'custom', input: value, ...fault((say) => say.upToButtons(MAX_BUTTONS)) });
    return z.NEVER;
  }, rows);
  return counted.refine(
    (given) => shownBytes(given) <= MAX_MARKUP_BYTES,
    fault((say) => say.upToMarkupBytes(MAX_MARKUP_BYTES)),
  );
}

function shownBytes(rows: readonly (readonly Shown[])[]): number {
  const shown = rows.flat().flatMap((button) => shownFields.map((field) => button[field]));
  return shown.reduce<number>((sum, one) => sum + (typeof one === 'string' ? Buffer.byteLength(one) : 0), 0);
}

/** Rows of buttons. */
export const buttonRows = countedRows(z.array(z.array(buttonSchema).min(1).max(MAX_BUTTONS_PER_ROW)));
/** Rows of buttons. */
export type ButtonRows = z.infer<typeof buttonRows>;

/** A key of a reply keyboard: it sends its text, or else a contact, a place, or what a page hands back. */
const keySchema = z
  .strictObject({
    text: label,
    style,
    request_contact: z.boolean().optional(),
    request_location: z.boolean().optional(),
    web_app: webAppUrl.optional(),
  })
  .refine(
    (key) => [key.request_contact, key.request_location, key.web_app].filter(Boolean).length <= 1,
    fault((say) => say.oneRequestAKey),
  );
/** A key of a reply keyboard. */
export type Key = z.infer<typeof keySchema>;

/** What a push says of the keyboard in place of the letters. */
export const keyboardFields = {
  /** Rows of keys; none takes the keyboard away. */
  keyboard: countedRows(z.array(z.array(keySchema).min(1).max(MAX_BUTTONS_PER_ROW))).optional(),
  /** It goes once a key was pressed. */
  one_time: z.boolean().optional(),
  /** Shown in the empty field while the keyboard is there. */
  placeholder: textUpTo(MAX_PLACEHOLDER_LENGTH).optional(),
};
