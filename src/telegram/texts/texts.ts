import type { PressTexts } from '../../buttons/press-view.ts';
import type { UnansweredReason } from '../../events.ts';
import { LANGUAGES, type Language, languageOf } from '../../languages.ts';
import { escapeHtml } from '../../push/markup.ts';
import type { PrivacyTexts } from '../../rights/privacy-buttons.ts';
import { fillText } from '../../settings/text.ts';
import type { ServiceNow } from '../../tpvs/service/service.ts';
import { TEXTS } from './catalogue.ts';
import type { TextKey } from './definitions.ts';
import { dateWords, whenWords } from './when.ts';

/** The sentences as they are worded now, in one language; each is looked up when it is read. */
export interface Texts {
  /** For what a sentence carries that is worded by the language too, such as a day of the week. */
  readonly language: Language;
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
  readonly privacy: PrivacyTexts;
  offline(tpv: string): string;
  waiting(tpv: string): string;
  readonly cancelButton: string;
  readonly cancelled: string;
  readonly cancelTooLate: string;
  failed(tpv: string): string;
  unanswered(reason: UnansweredReason): string;
  /** What a person reads whose TPV is not simply open; undefined: nothing. */
  service(tpv: string, service: ServiceNow, now: number): string | undefined;
}

/** The sentences in every language. Whoever speaks to a person knows the `language_code` that Telegram gave of them. */
export interface PeoplesTexts {
  /** @param languageCode as Telegram sends it, such as `pt-br`; one that is none of the hub's reads DEFAULT_LOCALE */
  of(languageCode: string): Texts;
}

/**
 * @param locale the language of people whose own is none of the hub's
 * @param wording how an administrator worded a text; undefined: as it is by default
 */
export function telegramTexts(
  locale: Language,
  wording: (key: TextKey, language: Language) => string | undefined = () => undefined,
): PeoplesTexts {
  const worded = (language: Language) =>
    textsIn(language, (key) => wording(key, language) ?? TEXTS.defaults[language][key]);
  const usual = worded(locale);
  const texts = new Map(LANGUAGES.map((language) => [language, language === locale ? usual : worded(language)]));
  return {
    of(languageCode) {
      const language = languageOf(languageCode);
      return (language === undefined ? undefined : texts.get(language)) ?? usual;
    },
  };
}

function textsIn(language: Language, say: (key: TextKey) => string): Texts {
  return {
    language,
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
    privacy: privacyTexts(language, say),
    offline: (tpv) => fillText(say('offline'), { local: escapeHtml(tpv) }),
    waiting: (tpv) => fillText(say('waiting'), { local: escapeHtml(tpv) }),
    get cancelButton() {
      return say('cancelButton');
    },
    get cancelled() {
      return say('cancelled');
    },
    get cancelTooLate() {
      return say('cancelTooLate');
    },
    failed: (tpv) => fillText(say('failed'), { local: escapeHtml(tpv) }),
    unanswered: (reason) => say(`unanswered.${reason}`),
    service: (tpv, service, now) => serviceText(say, language, escapeHtml(tpv), service, now),
  };
}

function serviceText(
  say: (key: TextKey) => string,
  language: Language,
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
      return fillText(say('service.closed'), { local, cuando: whenWords(language, opensAt, now, zone) });
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

function privacyTexts(language: Language, say: (key: TextKey) => string): PrivacyTexts {
  return {
    get about() {
      return say('privacy.about');
    },
    get exportButton() {
      return say('privacy.exportButton');
    },
    get eraseButton() {
      return say('privacy.eraseButton');
    },
    get exporting() {
      return say('privacy.exporting');
    },
    get exportedJustNow() {
      return say('privacy.exportedJustNow');
    },
    get exported() {
      return say('privacy.exported');
    },
    exportedPart: (before) => fillText(say('privacy.exportedPart'), { fecha: dateWords(language, before) }),
    get confirm() {
      return say('privacy.confirm');
    },
    get confirmButton() {
      return say('privacy.confirmButton');
    },
    get keepButton() {
      return say('privacy.keepButton');
    },
    get kept() {
      return say('privacy.kept');
    },
    get erasing() {
      return say('privacy.erasing');
    },
    get erased() {
      return say('privacy.erased');
    },
    get nothing() {
      return say('privacy.nothing');
    },
  };
}
