import type { Alarm, AlarmCode } from '../../alarms/alarm.ts';
import type { AlarmWords } from '../../alarms/tell-alarms.ts';
import { escapeHtml } from '../../push/markup.ts';
import { alarmKinds, alarmTexts as texts } from '../texts/alarms.ts';

/** Alarms of one kind that are told one by one; of more than these, how many they are. */
const MOST_TOLD = 3;
/** Characters of a TPV's name, and of what an alarm says besides: a message of Telegram has 4,096 in all. */
const MOST_NAME = 60;
const MOST_DETAIL = 400;
const NAMES = new Intl.Collator('es', { numeric: true });
const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const DAY_MINUTES = 48 * HOUR_MINUTES;

/** What an account's person reads of alarms, with links into the panel if `publicUrl` says where that is. */
export function alarmNotices(publicUrl: string | undefined): AlarmWords {
  const told = (alarms: readonly Alarm[], now: number) => byKind(alarms).map((some) => paragraph(some, now, publicUrl));
  return {
    raised(alarms, now) {
      const isCritical = alarms.some(({ severity }) => severity === 'critical');
      const title = isCritical ? `🔴 <b>${texts.critical}</b>` : `🟡 <b>${texts.warning}</b>`;
      return [title, ...told(alarms, now)].join('\n\n');
    },
    lasting: (alarms, now) => [`🔁 <b>${texts.lasting}</b>`, ...told(alarms, now)].join('\n\n'),
    ended(alarms, now) {
      const title = alarms.length === 1 ? texts.ended.one : texts.ended.many;
      return [`✅ <b>${title}</b>`, '', ...byKind(alarms).flatMap((some) => endedLines(some, now))].join('\n');
    },
  };
}

/** The worst first, and those with the most people: of many, only the first are named. */
function byKind(alarms: readonly Alarm[]): Alarm[][] {
  const sorted = alarms.toSorted(
    (a, b) =>
      Number(b.severity === 'critical') - Number(a.severity === 'critical') ||
      (b.count ?? 0) - (a.count ?? 0) ||
      NAMES.compare(plainName(a), plainName(b)),
  );
  return [...Map.groupBy(sorted, ({ code }) => code).values()];
}

/** What is said of the alarms of one kind. */
function paragraph(alarms: readonly Alarm[], now: number, publicUrl: string | undefined): string {
  const [first] = alarms;
  if (first === undefined) return '';
  const { many, action, place } = alarmKinds[first.code];
  const lines =
    many !== undefined && alarms.length > MOST_TOLD
      ? [escapeHtml(many({ tpvs: namesOf(alarms), all: alarms.length, count: sumOf(alarms) }))]
      : alarms.slice(0, MOST_TOLD).map((alarm) => sentence(alarm, now));
  if (publicUrl === undefined) return lines.join('\n');
  const isOne = alarms.length === 1 && first.tpv !== null;
  const url = new URL(isOne ? `/admin/tpvs/${first.tpv?.id}` : place, publicUrl).href;
  const label = isOne ? texts.see(plainName(first)) : action;
  return [...lines, `👉 <a href="${escapeHtml(url)}">${escapeHtml(label)}</a>`].join('\n');
}

function sentence(alarm: Alarm, now: number): string {
  const { code, count, detail, since } = alarm;
  const said = alarmKinds[code].one({ tpv: plainName(alarm), count });
  const ago = since === null ? '' : ` (${texts.since(duration(now - since))})`;
  const more = detail === null ? '' : ` ${detail.slice(0, MOST_DETAIL)}`;
  return escapeHtml(`${said.replace(/\.$/, '')}${ago}.${more}`);
}

function endedLines(alarms: readonly Alarm[], now: number): string[] {
  const line = (code: AlarmCode, tpv: string, ms: number) =>
    escapeHtml(`${alarmKinds[code].name(tpv)}: ${texts.lasted(duration(ms))}.`);
  const lasted = ({ since, raisedAt, endedAt }: Alarm) => (endedAt ?? now) - Math.min(since ?? raisedAt, raisedAt);
  const [first] = alarms;
  if (first === undefined) return [];
  if (alarms.length <= MOST_TOLD) {
    return alarms.map((alarm) => line(alarm.code, `«${plainName(alarm)}»`, lasted(alarm)));
  }
  return [line(first.code, `${alarms.length} TPV (${namesOf(alarms)})`, Math.max(...alarms.map(lasted)))];
}

function namesOf(alarms: readonly Alarm[]): string {
  const named = alarms.slice(0, MOST_TOLD).map((alarm) => `«${plainName(alarm)}»`);
  return texts.others(named.join(', '), alarms.length - named.length);
}

function plainName({ tpv }: Alarm): string {
  const name = tpv?.name ?? '';
  return name.length > MOST_NAME ? `${name.slice(0, MOST_NAME - 1).toWellFormed()}…` : name;
}

function sumOf(alarms: readonly Alarm[]): number {
  return alarms.reduce((sum, { count }) => sum + (count ?? 0), 0);
}

function duration(ms: number): string {
  const minutes = Math.round(Math.max(0, ms) / MINUTE_MS);
  if (minutes < HOUR_MINUTES) return texts.minutes(minutes);
  if (minutes < DAY_MINUTES) return texts.hours(Math.round(minutes / HOUR_MINUTES));
  return texts.days(Math.round(minutes / (24 * HOUR_MINUTES)));
}
