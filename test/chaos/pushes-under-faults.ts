import type { IfUnknown } from '#protocol';
import { PlayedHub } from './played-hub.ts';
import { program } from './program.ts';
import { evidenceOf } from './push-evidence.ts';
import { type Asked, type Judgement, judge, nameOf } from './push-judge.ts';
import { seeded } from './seeded.ts';

export interface PushesUnderFaultsOptions {
  /** Of the clock, which runs as fast as the machine can follow. */
  minutes: number;
  perSecond: number;
  chats: number;
  seed: number;
  /** What becomes of what may have arrived. With `hold`, it is sent again at the end. */
  ifUnknown: IfUnknown;
}

export interface PushesUnderFaultsResult extends Judgement {
  seed: number;
  messages: number;
  changes: number;
  calls: number;
  mishaps: Record<string, number>;
  statuses: Record<string, number>;
  /** Of unknown fate, and at the end sent once more because an administrator asked. */
  resent: number;
  /** After that, shown to nobody. */
  missingAfterResend: number;
  /** The TPV was told `sent`, and nobody got it. */
  toldInVain: number;
  /** What the hub logged as an error. */
  faults: number;
  tookSeconds: number;
}

/** A message is changed so often … */
const CHANGED = 0.25;
/** … and so many changes at one moment flood a chat. */
const [FLOODED, FLOOD] = [0.01, 20];
const LATEST = 100;

/** A run's state: what was asked for, and what became of it. */
interface Run {
  played: PlayedHub;
  asked: Map<string, Asked>;
  /** What Telegram took, in that order. */
  sent: string[];
  /** Answers to the TPV. */
  told: Promise<void>[];
  saidSent: Set<string>;
  changes: number;
}

/** A whole hub against a Telegram over a line, both with faults at random: a TPV's messages, and changes of them. */
export async function pushesUnderFaults(options: PushesUnderFaultsOptions): Promise<PushesUnderFaultsResult> {
  const startedAt = performance.now();
  const random = seeded(options.seed);
  const played = await PlayedHub.open({ chats: options.chats, random });
  const run: Run = { played, asked: new Map(), sent: [], told: [], saidSent: new Set(), changes: 0 };
  played.onSent((id) => run.sent.push(id));
  try {
    await pushAndChange(run, options, random);
    await played.drain();
    await Promise.all(run.told);
    const before = await judgement(run);
    const resent = options.ifUnknown === 'hold' ? await resendUnknown(run) : 0;
    const { missing } = resent > 0 ? await judgement(run) : before;
    const { emulator, mishaps } = played.telegram;
    return {
      seed: options.seed,
      messages: run.asked.size,
      changes: run.changes,
      calls: emulator.calls.length,
      mishaps,
      ...before,
      resent,
      missingAfterResend: missing,
      faults: played.faults.length,
      tookSeconds: Math.round((performance.now() - startedAt) / 1_000),
    };
  } finally {
    await played.close();
  }
}

/**
 * Whether a run did what it must. What is to come at least once may come twice, and then out of order; nothing of it is
 * missing.
 */
function pushesHeld(result: PushesUnderFaultsResult, ifUnknown: IfUnknown): boolean {
  const { lost, changesLost, tooEarly, overPace, unknownWithoutCause, doubled, outOfOrder } = result;
  const wrong = lost + changesLost + tooEarly + overPace + unknownWithoutCause;
  const always = wrong + result.missingAfterResend + result.toldInVain + result.faults;
  return always + (ifUnknown === 'hold' ? doubled + outOfOrder : result.missing) === 0;
}

async function pushAndChange(run: Run, options: PushesUnderFaultsOptions, random: () => number): Promise<void> {
  const { played, asked, sent, told, saidSent } = run;
  const { clock, telegram } = played;
  const { minutes, perSecond, chats, ifUnknown } = options;
  const count = Math.round(minutes * 60 * perSecond);
  const begin = clock.now();
  for (let i = 0; i < count; i++) {
    const chatId = 1 + Math.floor(random() * chats);
    const text = `mensaje ${i}`;
    telegram.trouble(chatId);
    const { id, told: answer } = await played.push(chatId, text, ifUnknown);
    asked.set(id, { chatId, text, status: 'waiting', version: 0, isGivenUp: false });
    told.push(
      answer.then(({ status }) => {
        if (status === 'sent') saidSent.add(id);
      }),
    );
    const floods = random() < FLOODED ? FLOOD : 0;
    const times = floods > 0 ? floods : random() < CHANGED ? 1 : 0;
    // A flood falls on the last messages of one chat.
    const isMeant = (one: string) => floods === 0 || asked.get(one)?.chatId === chatId;
    const among = sent.slice(-LATEST).filter(isMeant);
    for (let n = 0; n < times; n++) await change(run, among[Math.floor(random() * among.length)]);
    await clock.advance((random() * 2_000) / perSecond);
    await telegram.weather((clock.now() - begin) / (minutes * 60_000));
  }
  await telegram.weather(Number.POSITIVE_INFINITY);
}

/** Asks for another version of a message that was sent. */
async function change(run: Run, id: string | undefined): Promise<void> {
  const one = id === undefined ? undefined : run.asked.get(id);
  if (id === undefined || one === undefined) return;
  run.changes++;
  one.version++;
  run.played.telegram.trouble(one.chatId);
  const { told } = await run.played.change(id, `${one.text} · ${one.version}`);
  const heard = told.then(({ code }) => {
    if (code >= 400) one.isGivenUp = true;
  });
  run.told.push(heard);
}

async function resendUnknown({ played, asked }: Run): Promise<number> {
  const unknown = [...asked].filter(([, { status }]) => status === 'unknown');
  for (const [id] of unknown) await played.resend(id);
  await played.drain();
  return unknown.length;
}

type Told = Judgement & Pick<PushesUnderFaultsResult, 'statuses' | 'toldInVain'>;

async function judgement({ played, asked, saidSent }: Run): Promise<Told> {
  const { evidence, statuses } = await evidenceOf(played, asked);
  const shown = new Set([...evidence.chats.values()].flat().map(({ text = '' }) => nameOf(text)));
  const toldInVain = [...saidSent].filter((id) => !shown.has(asked.get(id)?.text ?? '')).length;
  return { ...judge(evidence), statuses, toldInVain };
}

const ifUnknownOf = ({ resend }: { resend: boolean }): IfUnknown => (resend ? 'resend' : 'hold');

export const pushesUnderFaultsProgram = program({
  name: 'pushes-under-faults',
  options: { minutes: 10, seed: 1, seeds: 1, resend: false },
  says: ({ minutes, seed }) => `Pushing for ${minutes} minutes of clock time to a Telegram with faults, seed ${seed}`,
  runs: (values) => Array.from({ length: values.seeds }, (_, i) => ({ ...values, seed: values.seed + i })),
  run: ({ minutes, seed, resend }) =>
    pushesUnderFaults({ minutes, perSecond: 12, chats: 60, seed, ifUnknown: ifUnknownOf({ resend }) }),
  held: (result, values) => pushesHeld(result, ifUnknownOf(values)),
  sums: ({ messages, changes, missing }) =>
    `${messages} messages, ${changes} changes, 0 lost, ${missing} in doubt and missing`,
});
