import { describe, expect, test } from 'vitest';
import { faultsOfMessage, type OutboundMessage } from '../../src/push/message.ts';
import { cpuMs } from '../support/cpu.ts';

const file = { file: { path: '/x', name: 'x', mimeType: 'image/png' } };
const url = { url: 'https://tpv.example/x' };
const message = (fields: Partial<OutboundMessage>): OutboundMessage => ({
  kind: 'text',
  text: 'Hola',
  parseMode: 'HTML',
  data: {},
  disableNotification: false,
  ...fields,
});

describe('a message that Telegram would refuse is told before it is asked', () => {
  test.each<[name: string, fields: Partial<OutboundMessage>, path: string | undefined]>([
    ['a text', {}, undefined],
    ['no text', { text: '' }, 'text'],
    ['nothing but space', { text: ' \n' }, 'text'],
    ['4096 characters', { text: 'a'.repeat(4_096), parseMode: 'none' }, undefined],
    ['4097 characters', { text: 'a'.repeat(4_097), parseMode: 'none' }, 'text'],
    ['4097 characters of HTML', { text: 'a'.repeat(4_097) }, 'text'],
    ['4097 characters of Markdown', { text: 'a'.repeat(4_097), parseMode: 'MarkdownV2' }, 'text'],
    ['4096 emoji, each one code point', { text: '🎉'.repeat(4_096) }, undefined],
    ['4097 emoji', { text: '🎉'.repeat(4_097) }, 'text'],
    ['4097 emoji without markup', { text: '🎉'.repeat(4_097), parseMode: 'none' }, 'text'],
    ['32,768 bytes of tags', { text: `x${'<b></b>'.repeat(4_681)}` }, undefined],
    ['more than 32,768 bytes of tags', { text: `xx${'<b></b>'.repeat(4_681)}` }, 'text'],
    ['tags beside 4096 characters', { text: `<b>${'a'.repeat(4_096)}</b>` }, undefined],
    ['entities that are one character', { text: '&amp;'.repeat(4_096) }, undefined],
    ['entities that are too many', { text: '&#128513;'.repeat(4_097) }, 'text'],
    ['tags as plain text', { text: `<b>${'a'.repeat(4_090)}</b>`, parseMode: 'none' }, 'text'],
    [
      'a link beside 4096 characters',
      { text: `[${'a'.repeat(4_096)}](https://tpv.example/)`, parseMode: 'MarkdownV2' },
      undefined,
    ],
    ['escapes of 4096 characters', { text: '\\.'.repeat(4_096), parseMode: 'MarkdownV2' }, undefined],
    ['escapes of 4097 characters', { text: '\\.'.repeat(4_097), parseMode: 'MarkdownV2' }, 'text'],
    ['a photo without a caption', { kind: 'photo', text: '', data: url }, undefined],
    ['an uploaded photo', { kind: 'photo', text: '', data: file }, undefined],
    ['a caption of 1024', { kind: 'photo', text: 'a'.repeat(1_024), data: url }, undefined],
    ['a caption of 1025', { kind: 'document', text: 'a'.repeat(1_025), data: file }, 'text'],
    ['a photo without one', { kind: 'photo', text: '' }, 'data.photo_url'],
    ['a document without one', { kind: 'document', text: '' }, 'data.document_url'],
    ['a place', { kind: 'location', text: '', data: { latitude: 0, longitude: 0 } }, undefined],
    ['no place', { kind: 'location', text: '' }, 'data.latitude'],
  ])('%s', (_name, fields, path) => {
    expect(faultsOfMessage(message(fields)).map((fault) => fault.path)).toEqual(path === undefined ? [] : [path]);
  });
});

test.each([
  ['HTML', '<'],
  ['HTML', '&'],
  ['MarkdownV2', ']('],
  ['MarkdownV2', '\\'],
] as const)('%s that only opens, %s, costs no more time than any other text', (parseMode, one) => {
  const read = (text: string) => {
    const from = cpuMs();
    for (let i = 0; i < 20; i++) faultsOfMessage(message({ text, parseMode }));
    return cpuMs() - from;
  };
  const text = one.repeat(16_384 / one.length);
  read(text);
  // Looked at again from each opening it would take seconds.
  expect(read(text)).toBeLessThan(500);
});
