import { expect, test } from 'vitest';
import { attends, type Cause, sentenceFor } from '../../src/conversation/sentence.ts';

const CAUSES: readonly Cause[] = ['message', 'offline', 'waiting'];

// What a person hears when a message comes, when its TPV goes offline, and when an online TPV does not report in time.
test.each([
  ['open', true, undefined, undefined, 'waiting'],
  ['open', false, 'offline', 'offline', undefined],
  ['busy', true, 'service.busy', undefined, 'waiting'],
  ['busy', false, 'service.busy', 'offline', undefined],
  ['paused', true, 'service.paused', undefined, undefined],
  ['paused', false, 'service.paused', undefined, undefined],
  ['closed', true, 'service.closed', undefined, undefined],
  ['closed', false, 'service.closed', undefined, undefined],
] as const)('of a TPV that is %s and online: %s', (service, online, ...sentences) => {
  expect(CAUSES.map((cause) => sentenceFor(cause, { service, online }))).toEqual(sentences);
  expect(attends({ service, online })).toBe(sentences[0] === undefined);
});
