import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import type { Config } from '../config/config.ts';
import type { Database } from '../db/open.ts';
import { type ErrorDetail, HubError } from '../errors.ts';
import { PUSH_IF_UNKNOWN, type Settings, type SettingsChange } from '../settings/settings.ts';
import { textKey } from '../settings/stored-text.ts';
import { problemsOfText, type TextCatalogue } from '../settings/text.ts';
import { SETTING_KEYS, SETTING_SCHEMAS } from '../settings/values.ts';
import { ENGLISH, panelOnly, SPANISH } from '../wording/wording.ts';
import { record } from './record.ts';
import { type Settings as SettingsView, settingsChange, settings as settingsView } from './schemas/settings.ts';
import { definitionOf, usualText } from './text-routes.ts';

type ChangeBody = z.output<typeof settingsChange>;

export interface SettingsOptions {
  db: Database;
  settings: Settings;
  texts: TextCatalogue;
  config: Pick<Config, 'ROUTING_STRATEGY' | 'RETENTION_DAYS' | 'CORS_ALLOWED_ORIGINS' | 'CALLBACK_ALLOWED_ORIGINS'>;
  now(): number;
}

/** Characters of a text that the audit log keeps. */
const LOGGED_LENGTH = 200;

/** What can be changed while the hub runs. */
export async function adminSettingRoutes(instance: FastifyInstance, options: SettingsOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { db, settings } = options;

  app.get(
    '/api/admin/settings',
    { config: { right: 'see' }, schema: { summary: 'Los ajustes', response: { 200: settingsView } } },
    async () => viewOf(options),
  );

  app.patch(
    '/api/admin/settings',
    {
      config: { right: 'change' },
      schema: {
        summary: 'Cambia ajustes; lo que no se indica queda como está',
        body: settingsChange,
        response: { 200: settingsView },
      },
    },
    async (request) => {
      const change = checked(request.body, options.texts);
      const details = changesOf(change, options);
      if (Object.keys(details).length > 0) {
        await db.transact(async (tx) => {
          await settings.change(tx, change);
          await record(tx, options, request, { action: 'setting.change', details });
        });
      }
      return viewOf(options);
    },
  );
}

function viewOf({ settings, config }: SettingsOptions): SettingsView {
  return {
    routing_strategy: { value: settings.strategy, default: config.ROUTING_STRATEGY },
    retention_days: { value: settings.retentionDays, default: config.RETENTION_DAYS },
    push_if_unknown: { value: settings.pushIfUnknown, default: PUSH_IF_UNKNOWN },
    cors_allowed_origins: {
      value: [...(settings.stored('cors_allowed_origins') ?? [])],
      fixed: config.CORS_ALLOWED_ORIGINS,
    },
    callback_allowed_origins: {
      value: [...(settings.stored('callback_allowed_origins') ?? [])],
      fixed: config.CALLBACK_ALLOWED_ORIGINS,
    },
  };
}

/** @throws HubError `invalid_request` with every fault */
function checked(body: ChangeBody, catalogue: TextCatalogue): SettingsChange {
  const { texts = {}, language, ...values } = body;
  const details: ErrorDetail[] = [];
  for (const key of SETTING_KEYS) {
    const value = values[key];
    if (value === undefined || value === null) continue;
    const [spanish, english] = [SPANISH, ENGLISH].map(
      ({ ofSchema }) => SETTING_SCHEMAS[key].safeParse(value, { error: ofSchema }).error?.issues ?? [],
    );
    for (const [index, { path, message }] of (spanish ?? []).entries())
      details.push({
        path: [key, ...path].join('.'),
        message: panelOnly(message, english?.[index]?.message ?? message),
      });
  }
  for (const [key, text] of Object.entries(texts)) {
    const definition = definitionOf(catalogue, key);
    const problems = definition === undefined ? ['No existe ese texto.'] : [];
    if (definition !== undefined && text !== null) problems.push(...problemsOfText(definition, text));
    for (const message of problems) details.push({ path: `texts.${key}`, message: panelOnly(message, message) });
  }
  if (details.length > 0) throw new HubError('invalid_request', 'A setting does not fit.', { details });
  return { values, texts, language };
}

/** What a change really changes, for the audit log. */
function changesOf({ values, texts, language }: SettingsChange, { settings, texts: catalogue }: SettingsOptions) {
  const changes: Record<string, { from: unknown; to: unknown }> = {};
  for (const key of SETTING_KEYS) {
    const to = values[key];
    const from = settings.stored(key) ?? null;
    if (to !== undefined && JSON.stringify(from) !== JSON.stringify(to)) changes[key] = { from, to };
  }
  for (const [key, text] of Object.entries(texts)) {
    const usual = usualText(catalogue, key, language);
    const [from, to] = [settings.wording(key, language) ?? usual, text ?? usual];
    if (from !== to) changes[textKey(key, language)] = { from: logged(from), to: logged(to) };
  }
  return changes;
}

function logged(text: string): string {
  return text.length <= LOGGED_LENGTH ? text : `${text.slice(0, LOGGED_LENGTH).toWellFormed()}…`;
}
