import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CloseCode, hubFrameSchema, TPV_FRAME_TYPES } from '#protocol';
import { codeOf, docsPage, rowsOf, sectionOf } from '../support/docs.ts';
import { ROOT } from '../support/process.ts';

const page = docsPage('websocket.md');
const guide = readFileSync(join(ROOT, 'client-sdk/PROTOCOL.md'), 'utf8');

/** What a table says of each code: whether its client dials again. */
function closings(text: string): Record<number, boolean> {
  return Object.fromEntries(
    rowsOf(text).flatMap(([codes = '', , again = '']) =>
      codes
        .split(',')
        .filter((code) => /^ *\d{4}$/.test(code))
        .map((code) => [Number(code), !again.startsWith('no')]),
    ),
  );
}

test('the close codes are those of the protocol, and their range says what a client does', () => {
  const known = Object.fromEntries(Object.values(CloseCode).map((code) => [code, code < 4500]));
  expect(closings(sectionOf(page, '## Closing'))).toEqual(known);
  const { 1006: cut, ...guided } = closings(sectionOf(guide, '### Closing'));
  expect(guided).toEqual(known);
  expect(cut).toBe(true);
});

test('the frames are those of the protocol', () => {
  const types = (heading: string) => rowsOf(sectionOf(page, heading)).map(([type]) => codeOf(type)[0]);
  const fromHub = hubFrameSchema.options.map(({ shape }) => shape.type.value);
  expect(types('## Frames from the hub')).toEqual(fromHub);
  expect(types('## Frames from the TPV')).toEqual(TPV_FRAME_TYPES);
});

test('the fields of each frame are those of the protocol', () => {
  const shapes = new Map(hubFrameSchema.options.map(({ shape }) => [shape.type.value as string, Object.keys(shape)]));
  for (const [type, cell] of rowsOf(sectionOf(page, '## Frames from the hub'))) {
    const [name = ''] = codeOf(type);
    const known = shapes.get(name) ?? [];
    const named = codeOf(cell).map((code) => /^\w+/.exec(code)?.[0] ?? '');
    // The welcome is written out above; an instruction has the fields of REST behind it.
    const rest = name === 'instruction' ? ['status', 'retry_count'] : [];
    expect(
      named.filter((field) => !known.includes(field) && !rest.includes(field)),
      name,
    ).toEqual([]);
    if (name === 'welcome') continue;
    expect(
      known.filter((field) => field !== 'type' && !named.includes(field)),
      name,
    ).toEqual([]);
  }
  const welcome = /`(\{"type": "welcome"[\s\S]+?\})`/.exec(page)?.[1] ?? '';
  const fields = [...welcome.replaceAll(/(?<=.)\{[^}]*\}/g, '').matchAll(/"(\w+)":/g)].map(([, field]) => field);
  expect(fields).toEqual(shapes.get('welcome'));
});
