import { type AuditEntry, audit } from '../audit/audit.ts';
import type { InlineKeyboard } from '../db/push-tables.ts';
import { type HubActions, hubButton } from '../push/hub-button.ts';
import { askErasure } from './ask-erasure.ts';
import { askExport } from './ask-export.ts';

/** What a person reads of their rights; telegram/texts/ has the sentences. */
export interface PrivacyTexts {
  /** The answer to `/privacidad`. */
  readonly about: string;
  readonly exportButton: string;
  readonly eraseButton: string;
  readonly exporting: string;
  readonly exportedJustNow: string;
  /** Beside the document. */
  readonly exported: string;
  /** The same, where some of what came before this time did not fit. */
  exportedPart(before: number): string;
  readonly confirm: string;
  readonly confirmButton: string;
  readonly keepButton: string;
  readonly kept: string;
  readonly erasing: string;
  readonly erased: string;
  readonly nothing: string;
}

/** The buttons under the answer to `/privacidad`. */
export function privacyKeyboard(texts: PrivacyTexts): InlineKeyboard {
  return [[hubButton(texts.exportButton, 'privacy_export')], [hubButton(texts.eraseButton, 'privacy_erase')]];
}

/** Who asked for what, without whom it is about. */
const BY_THE_PERSON = { actor: 'person', target: { kind: 'user' } } as const satisfies Partial<AuditEntry>;

/** What the buttons of `/privacidad` do. */
export function privacyActions(textsOf: (languageCode: string) => PrivacyTexts): HubActions {
  const nothing = (texts: PrivacyTexts) => ({ text: texts.nothing, alert: true });
  return {
    async privacy_export(tx, { personId, languageCode }, now) {
      const texts = textsOf(languageCode);
      const asked = await askExport(tx, { telegramId: personId, languageCode }, now);
      if (asked === 'unknown') return nothing(texts);
      if (asked === 'too_soon') return { text: texts.exportedJustNow, alert: true };
      if (asked === 'asked') await audit(tx, { ...BY_THE_PERSON, action: 'user.export' }, now);
      return { text: texts.exporting };
    },
    async privacy_erase(_tx, { languageCode }) {
      const texts = textsOf(languageCode);
      const keyboard = [
        [hubButton(texts.confirmButton, 'privacy_erase_yes')],
        [hubButton(texts.keepButton, 'privacy_erase_no')],
      ];
      return { text: '', message: { text: texts.confirm, keyboard } };
    },
    async privacy_erase_no(_tx, { languageCode }) {
      return { text: '', message: { text: textsOf(languageCode).kept } };
    },
    async privacy_erase_yes(tx, { personId, languageCode }, now) {
      const texts = textsOf(languageCode);
      if (!(await askErasure(tx, personId, now))) return nothing(texts);
      await audit(tx, { ...BY_THE_PERSON, action: 'user.erase' }, now);
      return { text: texts.erasing, message: { text: texts.erasing } };
    },
  };
}
