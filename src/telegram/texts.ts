import type { PressTexts } from '../buttons/press-view.ts';
import type { UnansweredReason } from '../events.ts';
import { escapeHtml } from '../push/markup.ts';
import { fillText, type TextDefinition, type TextPlace } from '../settings/text.ts';
import type { ServiceNow } from '../tpvs/service/service.ts';
import { whenWords } from './when.ts';

/** Telegram's own limit for names is 64 characters; a TPV's name has at most 200. */
const nombre = { example: 'Ana', most: 64 };
const local = { example: 'Bar Pepe', most: 200 };
const motivo = { example: 'cocina averiada', most: 200 };
const cuando = { example: 'hoy a las 20:00', most: 60 };
const minutos = { example: '20', most: 3 };
const id = { example: '123456789', most: 16 };

function message(text: string, placeholders: TextDefinition['placeholders'] = {}, most = 4_096): TextDefinition {
  return { default: text, where: 'message', placeholders, most };
}

function plain(text: string, where: TextPlace = 'press'): TextDefinition {
  return { default: text, where, placeholders: {} };
}

/**
 * Every sentence that a person reads in Telegram from the hub itself; messages are HTML. An administrator may word
 * each otherwise (src/settings/).
 */
export const TEXTS = {
  // A greeting and the id come as one message.
  welcome: message(
    '¡Hola, {nombre}! 👋\nTe atiende <b>{local}</b>. Escribe aquí lo que necesites.',
    { nombre, local },
    3_500,
  ),
  welcomeUnassigned: message(
    '¡Hola, {nombre}! 👋\nAhora mismo no hay ningún local disponible. Escribe lo que necesites: te atenderemos en cuanto lo haya.',
    { nombre },
    3_500,
  ),
  yourId: message('Tu identificador es <code>{id}</code>', { id }, 500),
  copyId: plain('📋 Copiar mi identificador', 'button'),
  help: message(
    'Escribe un mensaje y lo recibirá el local que te atiende.\n\n' +
      '/start – empezar\n/id – ver tu identificador\n/help – esta ayuda',
  ),
  unassigned: message(
    '⏳ Ahora mismo no hay ningún local disponible. Hemos guardado tu mensaje y lo atenderemos en cuanto lo haya.',
  ),
  joinCodeUnknown: message('⚠️ Ese enlace no es válido. Pide al local uno nuevo.'),
  joinCodeFull: message('⚠️ Ese local no puede atender a más personas ahora mismo. Inténtalo más tarde.'),
  unreadable: message('⚠️ Ese tipo de mensaje no lo podemos leer; escríbelo, por favor.'),
  'press.expired': plain('⚠️ Esta acción ha expirado'),
  'press.legacyExpired': plain('❌ Token expirado'),
  'press.legacyExpiredNote': { default: '⚠️ <b>Acción EXPIRADA</b>', where: 'note', placeholders: {} },
  'press.processing': plain('⏳ Procesando…'),
  'press.done': plain('✅ Hecho'),
  'press.failed': plain('❌ No se ha podido completar.'),
  'press.unanswered': plain('⚠️ El local no ha respondido. Escríbele un mensaje si todavía lo necesitas.'),
  'press.notAllowed': plain('⚠️ Esta acción no está permitida'),
  'press.unreachable': plain('⚠️ El local no responde ahora mismo. Escríbele un mensaje si todavía lo necesitas.'),
  'service.paused': message('{local} no atiende ahora ({motivo}). Hemos guardado tu mensaje.', { local, motivo }),
  'service.pausedWithoutReason': message('{local} no atiende ahora. Hemos guardado tu mensaje.', { local }),
  'service.closed': message('{local} está cerrado; abre {cuando}. Hemos guardado tu mensaje.', { local, cuando }),
  'service.closedUntilFurtherNotice': message('{local} está cerrado por ahora. Hemos guardado tu mensaje.', { local }),
  'service.busy': message('{local} va con retraso: unos {minutos} minutos.', { local, minutos }),
  'unanswered.expired': message(
    '⌛ Tu mensaje ha caducado sin que el local pudiera atenderlo. Vuelve a escribir si todavía lo necesitas.',
  ),
  'unanswered.no_answer': message(
    '⚠️ El local no ha respondido a tu mensaje. Inténtalo de nuevo dentro de unos minutos.',
  ),
} as const satisfies Record<string, TextDefinition>;

export type TextKey = keyof typeof TEXTS;

/** The sentences as they are worded now; each is looked up when it is read. */
export interface Texts {
  welcome(name: string, tpv: string): string;
  welcomeUnassigned(name: string): string;
  yourId(id: number): string;
  readonly copyId: string;
  readonly help: string;
  readonly unassigned: string;
  readonly joinCodeUnknown: string;
  readonly joinCodeFull: string;
  readonly unreadable: string;
  readonly press: PressTexts;
  unanswered(reason: UnansweredReason): string;
  /** What a person reads whose TPV is not simply open; undefined: nothing. */
  service(tpv: string, service: ServiceNow, now: number): string | undefined;
}

/** @param wording how an administrator worded a text; undefined: as it is here */
export function telegramTexts(wording: (key: TextKey) => string | undefined): Texts {
  const say = (key: TextKey) => wording(key) ?? TEXTS[key].default;
  return {
    welcome: (name, tpv) => fillText(say('welcome'), { nombre: escapeHtml(name), local: escapeHtml(tpv) }),
    welcomeUnassigned: (name) => fillText(say('welcomeUnassigned'), { nombre: escapeHtml(name) }),
    yourId: (telegramId) => fillText(say('yourId'), { id: String(telegramId) }),
    get copyId() {
      return say('copyId');
    },
    get help() {
      return say('help');
    },
    get unassigned() {
      return say('unassigned');
    },
    get joinCodeUnknown() {
      return say('joinCodeUnknown');
    },
    get joinCodeFull() {
      return say('joinCodeFull');
    },
    get unreadable() {
      return say('unreadable');
    },
    press: pressTexts(say),
    unanswered: (reason) => say(`unanswered.${reason}`),
    service: (tpv, service, now) => serviceText(say, escapeHtml(tpv), service, now),
  };
}

function serviceText(
  say: (key: TextKey) => string,
  local: string,
  { state, reason, minutes, opensAt, zone }: ServiceNow,
  now: number,
): string | undefined {
  switch (state) {
    case 'open':
      return undefined;
    case 'busy':
      return fillText(say('service.busy'), { local, minutos: String(minutes) });
    case 'paused':
      if (reason === undefined) return fillText(say('service.pausedWithoutReason'), { local });
      return fillText(say('service.paused'), { local, motivo: escapeHtml(reason) });
    case 'closed':
      if (opensAt === undefined || zone === undefined)
        return fillText(say('service.closedUntilFurtherNotice'), { local });
      return fillText(say('service.closed'), { local, cuando: whenWords(opensAt, now, zone) });
    default:
      return state satisfies never;
  }
}

function pressTexts(say: (key: TextKey) => string): PressTexts {
  return {
    get expired() {
      return say('press.expired');
    },
    get legacyExpired() {
      return say('press.legacyExpired');
    },
    get legacyExpiredNote() {
      return say('press.legacyExpiredNote');
    },
    get processing() {
      return say('press.processing');
    },
    get done() {
      return say('press.done');
    },
    get failed() {
      return say('press.failed');
    },
    get unanswered() {
      return say('press.unanswered');
    },
    get notAllowed() {
      return say('press.notAllowed');
    },
    get unreachable() {
      return say('press.unreachable');
    },
  };
}

/** What Telegram's menu shows beside a message's field; told to Telegram at start. */
export const COMMANDS = [
  { command: 'start', description: 'Empezar' },
  { command: 'id', description: 'Ver tu identificador' },
  { command: 'help', description: 'Ayuda' },
] as const;
