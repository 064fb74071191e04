import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { HubError } from '../errors.ts';
import { LANGUAGES, type Language } from '../languages.ts';
import type { Settings } from '../settings/settings.ts';
import { previewText, problemsOfText, type TextCatalogue, type TextDefinition } from '../settings/text.ts';
import { type Texts, textPreview, textPreviewRequest, textsQuery, texts as textsView } from './schemas/texts.ts';

export interface TextsOptions {
  settings: Pick<Settings, 'wording'>;
  texts: TextCatalogue;
}

/** What people read of the hub itself, in each language; setting-routes.ts has how it is worded otherwise. */
export async function adminTextRoutes(instance: FastifyInstance, options: TextsOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/api/admin/settings/texts',
    {
      config: { right: 'see' },
      schema: { summary: 'Los textos en un idioma', querystring: textsQuery, response: { 200: textsView } },
    },
    async ({ query: { language } }) => textsIn(language, options),
  );

  app.post(
    '/api/admin/settings/texts/preview',
    {
      config: { right: 'change' },
      schema: { summary: 'Cómo se vería un texto', body: textPreviewRequest, response: { 200: textPreview } },
    },
    async (request) => {
      const { key, value } = request.body;
      const definition = definitionOf(options.texts, key);
      if (definition === undefined) throw new HubError('not_found', 'There is no such text.');
      return { html: previewText(definition, value), problems: problemsOfText(definition, value) };
    },
  );
}

function textsIn(language: Language, { settings, texts }: TextsOptions): Texts {
  const keys = Object.keys(texts.definitions);
  return {
    languages: LANGUAGES.map((code) => ({
      code,
      reworded: keys.filter((key) => settings.wording(key, code) !== undefined).length,
    })),
    items: Object.entries(texts.definitions).map(([key, { placeholders, where, maySilence }]) => {
      const usual = usualText(texts, key, language);
      const value = settings.wording(key, language) ?? usual;
      return {
        key,
        value,
        default: value === usual ? null : usual,
        placeholders: Object.keys(placeholders),
        where,
        may_silence: maySilence === true,
      };
    }),
  };
}

/** What a text must keep to; undefined: there is no such text. */
export function definitionOf({ definitions }: TextCatalogue, key: string): TextDefinition | undefined {
  return Object.hasOwn(definitions, key) ? definitions[key] : undefined;
}

/** How a text is worded where no administrator worded it otherwise. */
export function usualText({ defaults }: TextCatalogue, key: string, language: Language): string {
  return defaults[language][key] ?? '';
}
