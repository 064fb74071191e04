import type { AuditEntry } from '../../../src/admin/schemas/audit.ts';
import { enumeration, exact, number } from '../../format.ts';
import { auditWords } from '../../words/audit.ts';
import { type AuditFacts, auditChange, auditWrong, auditValues as values } from '../../words/audit-sentences.ts';
import { serviceStates } from '../../words/service.ts';
import { settingsWords, textNames } from '../../words/settings.ts';
import { roles } from '../../words/states.ts';

/** The longest value within a sentence. */
const LONGEST = 60;

const NAMED: Readonly<Record<string, string>> = {
  ...roles,
  ...serviceStates,
  ...settingsWords.strategy.options,
  ...settingsWords.ifUnknown.options,
};

/** What an entry says; whatever it holds, it can be told. */
export function factsOf({ actor, target, details }: AuditEntry): AuditFacts {
  const name = target?.name ?? (target?.kind === 'user' ? target.id : '');
  const { from, to, before, after, tpv, tpv_name, role, url, ids, telegram_ids, left, muted } = details;
  const wrong = 'name' in details ? 'name' : String(details.wrong);
  const list = textOf(details.list);
  const until = textOf(details.until);
  const counted = [ids, telegram_ids, muted].find(Array.isArray) as unknown[] | undefined;
  return {
    who: named(auditWords.actors, actor),
    what: name === '' ? whatOf(details.name) : values.quoted(name),
    own: target?.name === actor,
    from: optional(from ?? (isObject(before) ? undefined : before)),
    to: optional(to ?? tpv ?? tpv_name ?? role ?? url),
    count: counted === undefined ? numberOf(left) : number(counted.length),
    on: details.is_active === true || details.as === 'sent',
    first: details.approved === true,
    wrong: named(auditWrong, Object.hasOwn(auditWrong, wrong) ? wrong : 'other'),
    list: list === undefined ? undefined : named(values.lists, list),
    until: until !== undefined && Number.isFinite(Date.parse(until)) ? exact(until) : undefined,
    reason: textOf(details.reason),
    changes: isObject(after) ? between(isObject(before) ? before : {}, after) : fromTo(details),
  };
}

/** What is different between two objects. */
function between(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): string[] {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return fields
    .filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
    .map((field) => auditChange(fieldName(field), shown(before[field], field), shown(after[field], field)));
}

/** What each `{ from, to }` says. */
function fromTo(details: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(details).flatMap(([field, change]) =>
    isObject(change) && 'from' in change && 'to' in change
      ? [auditChange(fieldName(field), shown(change.from, field), shown(change.to, field))]
      : [],
  );
}

function fieldName(field: string): string {
  if (Object.hasOwn(values.fields, field)) return values.fields[field] ?? field;
  // A text's: `text.welcome`, and in another language `text.welcome.en`.
  const key = field.replace(/^text\./, '');
  return values.text(textNames[key] ?? textNames[key.replace(/\.\w+$/, '')] ?? key);
}

function shown(value: unknown, field: string): string {
  if (typeof value === 'number') return field === 'until' ? exact(new Date(value).toISOString()) : number(value);
  if (typeof value === 'boolean') return value ? values.yes : values.no;
  if (typeof value === 'string' && value !== '') return quoted(value);
  if (Array.isArray(value) && value.length > 0) return enumeration(value.map((one) => quoted(String(one))));
  return isObject(value) ? values.otherTimetable : values.nothing;
}

function quoted(value: string): string {
  const name = Object.hasOwn(NAMED, value) ? (NAMED[value] ?? value) : value;
  return values.quoted(name.length <= LONGEST ? name : `${name.slice(0, LONGEST).toWellFormed()}…`);
}

function optional(value: unknown): string {
  return typeof value === 'string' && value !== '' ? quoted(value) : '';
}

function whatOf(name: unknown): string {
  return typeof name === 'string' && name !== '' ? values.quoted(name) : '';
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function numberOf(value: unknown): string | undefined {
  return typeof value === 'number' ? number(value) : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a code is called; the code itself where this panel is older than the entry. */
function named(names: Readonly<Record<string, string>>, code: string): string {
  return Object.hasOwn(names, code) ? (names[code] ?? code) : code;
}
