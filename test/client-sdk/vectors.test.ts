import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Begun, fileMemory, inMemory, type Memory, type Outcome } from '#hub-client';
import { Backoff } from '../../client-sdk/src/backoff.ts';
import { isStripped, judge } from '../../client-sdk/src/connection/ending.ts';
import { refusalError } from '../../client-sdk/src/http/refusal.ts';
import type { ReportableStatus } from '../../client-sdk/src/protocol/lifecycle.ts';
import { isHubFrame } from '../../client-sdk/src/wire/frames.ts';
import { Lanes } from '../../client-sdk/src/work/lanes.ts';
import { Reports } from '../../client-sdk/src/work/reports.ts';
import { makeMemoryFolder } from '../support/memory-folder.ts';
import { ROOT } from '../support/process.ts';
import { TestClock } from './support/scripted-hub.ts';

// The Python client runs the same: client-python/tests/test_vectors.py.

/** The cases of client-sdk/vectors, which say in `about` what they mean. */
function vectors<T>(name: string): T[] {
  return JSON.parse(readFileSync(join(ROOT, 'client-sdk/vectors', `${name}.json`), 'utf8')).cases;
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };

test.each(
  vectors<{
    name: string;
    options: { base_ms: number; max_ms: number };
    random: number;
    waits_ms: (number | 'reset')[];
  }>('backoff'),
)('waits: $name', ({ options: { base_ms: baseMs, max_ms: maxMs }, random, waits_ms }) => {
  const backoff = new Backoff({ baseMs, maxMs, resetAfterMs: 60_000, random: () => random });
  for (const wait of waits_ms) {
    if (wait === 'reset') backoff.reset();
    else expect(backoff.next()).toBe(wait);
  }
});

test.each(vectors<{ code: number; again: boolean; error: string }>('close-codes'))(
  'close code $code: $error',
  ({ code, again, error }) => {
    expect(judge({ kind: 'closed', code, reason: '' })).toMatchObject({
      redial: again,
      error: { code: error, closeCode: code },
    });
  },
);

interface RefusalVector {
  status: number;
  body: string;
  retry_after?: string;
  again: boolean;
  at_least_ms?: number;
  error: string;
  polls: boolean;
}

test.each(vectors<RefusalVector>('refusals'))('HTTP $status $body $retry_after: $error', (vector) => {
  const { status, body, retry_after: retryAfter, again, at_least_ms: atLeastMs = 0, error: code, polls } = vector;
  const ending = { kind: 'refused', error: refusalError({ status, body, retryAfter }, 0) } as const;
  expect(judge(ending)).toMatchObject({ redial: again, error: { code }, ...(again && { atLeastMs }) });
  expect(isStripped(ending)).toBe(polls);
});

test.each(vectors<{ name: string; text: string; reads: string | null }>('frames'))(
  'a frame: $name',
  ({ text, reads }) => {
    let frame: unknown;
    try {
      frame = JSON.parse(text);
    } catch {
      // Some are no JSON.
    }
    expect(isHubFrame(frame) ? frame.type : null).toBe(reads);
  },
);

type MemoryStep = ['begin', string, string | Outcome] | ['finish', string, Outcome] | ['forget', string] | ['restart'];

/** As it is reported. */
const plain = (begun: Begun): unknown => JSON.parse(JSON.stringify(begun));

/** Makes the steps; a memory that keeps nothing makes them up to a restart. */
async function remember(steps: readonly MemoryStep[], open: () => Memory, keeps: boolean): Promise<void> {
  let memory = open();
  await memory.open?.();
  for (const step of steps) {
    if (step[0] === 'restart') {
      if (!keeps) break;
      await memory.close?.();
      memory = open();
      await memory.open?.();
    } else if (step[0] === 'begin') expect(plain(await memory.begin(step[1]))).toEqual(step[2]);
    else if (step[0] === 'finish') await memory.finish(step[1], step[2]);
    else await memory.forget(step[1]);
  }
  await memory.close?.();
}

const memories = vectors<{ name: string; max_entries?: number; steps: MemoryStep[] }>('memory');

test.each(memories)('in memory: $name', async ({ steps, max_entries: maxEntries = 10_000 }) => {
  await remember(steps, () => inMemory({ maxEntries }), false);
});

test.each(memories)('in a file: $name', async ({ steps, max_entries: maxEntries = 10_000 }) => {
  const folder = makeMemoryFolder('hub-vectors-');
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  await remember(steps, () => fileMemory(join(folder, 'memory'), { maxEntries }), true);
});

type OrderStep = [kind: 'give' | 'revoke' | 'end' | 'pause' | 'resume', item: string, person: number];

test.each(vectors<{ name: string; concurrency: number; steps: [OrderStep, string[]][] }>('order'))(
  'order: $name',
  async ({ concurrency, steps }) => {
    const begun: string[] = [];
    const ends = new Map<string, () => void>();
    const lanes = new Lanes<string>(concurrency, (item) => {
      begun.push(item);
      return new Promise((resolve) => ends.set(item, resolve));
    });
    for (const [[kind, item, person], expected] of steps) {
      if (kind === 'give') lanes.add(person, item);
      else if (kind === 'revoke') lanes.remove(person, item);
      else if (kind === 'end') ends.get(item)?.();
      else lanes[kind]();
      await new Promise(setImmediate);
      expect(begun).toEqual(expected);
    }
  },
);

type ReportStep =
  | ['put', string, ReportableStatus, Record<string, unknown>?]
  | ['taken', string]
  | ['refused', string, string]
  | ['online']
  | ['wait_ms', number];

test.each(vectors<{ name: string; steps: [ReportStep, [string, string][]][]; left: string[] }>('reports'))(
  'reports: $name',
  ({ steps, left }) => {
    const clock = new TestClock();
    const refs = new Map<string, string>();
    let sent: [string, string][] = [];
    const reports = new Reports({
      clock,
      logger: silent,
      send({ id, ref, status }) {
        refs.set(id, ref);
        sent.push([id, status]);
        return true;
      },
      gone() {},
      emptied() {},
    });
    for (const [step, expected] of steps) {
      sent = [];
      if (step[0] === 'put') {
        const [, id, status, reply] = step;
        reports.put(id, status, reply && { status: 'completed', reply });
      } else if (step[0] === 'taken') reports.settle({ type: 'result', ref: refs.get(step[1]) ?? '', ok: true });
      else if (step[0] === 'refused') {
        const error = { code: step[2], message: 'No' };
        reports.settle({ type: 'result', ref: refs.get(step[1]) ?? '', ok: false, error });
      } else if (step[0] === 'online') reports.sendAll();
      else clock.advance(step[1]);
      expect(sent).toEqual(expected);
    }
    expect([...refs.keys()].filter((id) => reports.has(id))).toEqual(left);
  },
);
