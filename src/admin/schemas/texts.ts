import { z } from 'zod';
import { LANGUAGES } from '../../languages.ts';

/** Spanish where nothing else is said: texts were in Spanish only once. */
export const textLanguage = z.enum(LANGUAGES).default('es');

export const textsQuery = z.strictObject({ language: textLanguage });

/** The place of a sentence: a message, the answer to a press (plain, at most 200 characters), or a button's label. */
const textPlace = z.enum(['message', 'press', 'button', 'note']);

const settingText = z.object({
  key: z.string(),
  value: z.string(),
  default: z.string().nullable().describe('Nulo: es «value», nadie lo ha cambiado'),
  /** Names that the sentence may carry, such as `nombre` for `{nombre}`. */
  placeholders: z.array(z.string()),
  where: textPlace,
  /** Whether it may be emptied: then nothing is sent. */
  may_silence: z.boolean(),
});
export type SettingText = z.infer<typeof settingText>;

export const texts = z.object({
  /** Every language, and how many of its texts are worded otherwise. */
  languages: z.array(z.object({ code: z.enum(LANGUAGES), reworded: z.int() })),
  items: z.array(settingText),
});
export type Texts = z.infer<typeof texts>;
export type TextLanguage = Texts['languages'][number]['code'];

export const textPreviewRequest = z.strictObject({ key: z.string().max(100), value: z.string().max(20_000) });
export type TextPreviewRequest = z.infer<typeof textPreviewRequest>;

export const textPreview = z.object({
  /** As a person sees it, with made-up values: safe markup of Telegram's kind, or escaped text. */
  html: z.string(),
  /** Why it can't be saved, in sentences; none: it can. */
  problems: z.array(z.string()),
});
export type TextPreview = z.infer<typeof textPreview>;
