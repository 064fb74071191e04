import { z } from 'zod';
import { CHANGED } from '../events.ts';

/**
 * What one hub tells the others. A hint only says where to look: it may be lost, come twice or come late, and the row is
 * the truth.
 */
const hint = z.discriminatedUnion('kind', [
  /** The TPV has pending instructions. */
  z.object({ kind: z.literal('ready'), tpvId: z.string() }),
  /** The TPV has a newer socket, at another hub. */
  z.object({ kind: z.literal('replaced'), sessionId: z.string() }),
  /** The TPV should stop working on it. */
  z.object({ kind: z.literal('revoked'), tpvId: z.string(), id: z.string(), reason: z.string() }),
  /** Whether the TPV's restaurant attends was changed. */
  z.object({ kind: z.literal('service'), tpvId: z.string() }),
  /** The chat has something to send. */
  z.object({ kind: z.literal('chat'), chatId: z.number(), tpvId: z.string().nullable() }),
  /** It is known how a message fared. */
  z.object({ kind: z.literal('settled'), pushId: z.string() }),
  /** A lease is free. */
  z.object({ kind: z.literal('lease') }),
  /** Two processes take the socket of one key from each other, or a TPV has as much waiting as it may. */
  z.object({ kind: z.literal('tpv'), what: z.enum(['tpv.key_shared', 'tpv.quota_reached']), tpvId: z.string() }),
  /** Somebody looks at the panel at this hub: the others are to tell what changes, and their figures. */
  z.object({ kind: z.literal('watched') }),
  /** Rows were created or changed; `more`: others of the kind, too. */
  z.object({ kind: z.literal('changed'), what: z.enum(CHANGED), ids: z.array(z.string()), more: z.boolean() }),
  /** What happened at a hub lately (observability/activity/figures.ts). */
  z.object({ kind: z.literal('figures'), hubId: z.string(), figures: z.unknown() }),
]);

export type Hint = z.infer<typeof hint>;
export type HintKind = Hint['kind'];
export type HintOf<K extends HintKind> = Extract<Hint, { kind: K }>;

/** What one hub says at once; without `hints`, so much happened that the others look at everything. */
const message = z.object({ from: z.string(), hints: z.array(z.unknown()).optional() });

/** PostgreSQL takes less than 8,000 bytes. */
const MAX_BYTES = 7_500;
/** Hints beyond this are looked up: the message that lists them takes as long to read as the rows. */
const MAX_HINTS = 200;

/** Writes hints as few messages as possible. */
export function hintMessages(from: string, hints: readonly Hint[]): string[] {
  if (hints.length > MAX_HINTS) return [JSON.stringify({ from })];
  const messages: string[] = [];
  const whole = (parts: readonly string[]) => `{"from":${JSON.stringify(from)},"hints":[${parts.join()}]}`;
  let parts: string[] = [];
  for (const part of new Set(hints.map((one) => JSON.stringify(one)))) {
    if (parts.length > 0 && Buffer.byteLength(whole([...parts, part])) > MAX_BYTES) {
      messages.push(whole(parts));
      parts = [];
    }
    parts.push(part);
  }
  if (parts.length > 0) messages.push(whole(parts));
  return messages;
}

/**
 * Reads a message. Hints that a newer hub tells and this one does not know are left out.
 * @returns undefined if it is none; `hints` undefined: look at everything
 */
export function readHints(text: string): { from: string; hints: Hint[] | undefined } | undefined {
  const { data } = message.safeParse(parsed(text));
  if (data === undefined) return undefined;
  const hints = data.hints?.flatMap((one) => hint.safeParse(one).data ?? []);
  return { from: data.from, hints };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
