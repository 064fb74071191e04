import type { TextDefinition, TextPlace } from '../../settings/text.ts';

/** Telegram's own limit for names is 64 characters; a TPV's name has at most 200. */
const nombre = { example: 'Ana', most: 64 };
const local = { example: 'Bar Pepe', most: 200 };
const motivo = { example: 'cocina averiada', most: 200 };
const cuando = { example: 'hoy a las 20:00', most: 60 };
const fecha = { example: '3 de mayo de 2026', most: 40 };
const minutos = { example: '20', most: 3 };
const id = { example: '123456789', most: 16 };

function message(placeholders: TextDefinition['placeholders'] = {}, most = 4_096): TextDefinition {
  return { where: 'message', placeholders, most };
}

/** A message that an administrator may empty: then nothing is said. */
function maySilence(placeholders: TextDefinition['placeholders'] = {}): TextDefinition {
  return { ...message(placeholders), maySilence: true };
}

function plain(where: TextPlace = 'press'): TextDefinition {
  return { where, placeholders: {} };
}

/**
 * Every sentence that a person reads in Telegram from the hub itself: where it stands, and what it may carry; messages
 * are HTML. How it is worded stands in the file of each language beside this one (es.ts, ca.ts, gl.ts, eu.ts, en.ts,
 * fr.ts, de.ts, pt.ts, it.ts): a new key needs its words in all nine; the compiler names the files that miss it.
 * An administrator may word each otherwise, per language (src/settings/).
 */
export const DEFINITIONS = {
  // A greeting and the id come as one message.
  welcome: message({ nombre, local }, 3_500),
  welcomeUnassigned: message({ nombre }, 3_500),
  yourId: message({ id }, 500),
  copyId: plain('button'),
  help: message(),
  unassigned: maySilence(),
  joinCodeUnknown: message(),
  joinCodeFull: message(),
  unreadable: message(),
  'press.expired': plain(),
  'press.legacyExpired': plain(),
  'press.legacyExpiredNote': plain('note'),
  'press.processing': plain(),
  'press.done': plain(),
  'press.failed': plain(),
  'press.unanswered': plain(),
  'press.notAllowed': plain(),
  'press.unreachable': plain(),
  'privacy.about': message(),
  'privacy.exportButton': plain('button'),
  'privacy.eraseButton': plain('button'),
  'privacy.exporting': plain(),
  'privacy.exportedJustNow': plain(),
  'privacy.exported': message({}, 1_024),
  'privacy.exportedPart': message({ fecha }, 1_024),
  'privacy.confirm': message(),
  'privacy.confirmButton': plain('button'),
  'privacy.keepButton': plain('button'),
  'privacy.kept': message(),
  'privacy.erasing': plain(),
  'privacy.erased': message(),
  'privacy.nothing': plain(),
  'service.paused': maySilence({ local, motivo }),
  'service.pausedWithoutReason': maySilence({ local }),
  'service.closed': maySilence({ local, cuando }),
  'service.closedUntilFurtherNotice': maySilence({ local }),
  'service.busy': maySilence({ local, minutos }),
  offline: maySilence({ local }),
  waiting: maySilence({ local }),
  cancelButton: plain('button'),
  cancelled: message(),
  cancelTooLate: plain(),
  failed: maySilence({ local }),
  'unanswered.expired': maySilence(),
  'unanswered.no_answer': maySilence(),
} as const satisfies Record<string, TextDefinition>;

export type TextKey = keyof typeof DEFINITIONS;

/** The bot's commands, in the order in which Telegram's menu shows them beside a message's field. */
export const COMMANDS = ['start', 'id', 'privacidad', 'help'] as const;

/** All that people read in one language. */
export interface Wording {
  readonly sentences: Readonly<Record<TextKey, string>>;
  /** What Telegram's menu says of each command: 1 to 256 characters, as they are. */
  readonly commands: Readonly<Record<(typeof COMMANDS)[number], string>>;
}
