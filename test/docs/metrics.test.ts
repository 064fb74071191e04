import { expect, test } from 'vitest';
import { codeOf, docsPage, rowsOf, sectionOf, textFiles } from '../support/docs.ts';
import { startHub } from '../support/hub.ts';
import { logCalls } from '../support/log-calls.ts';

const page = docsPage('metrics.md');
const metrics = new Map(
  rowsOf(sectionOf(page, '## Metrics')).map(([name, type, labels]) => [
    codeOf(name)[0] ?? '',
    { type, labels: codeOf(labels) },
  ]),
);

test('the metrics of the page are those that a hub registers, with their types and labels', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv();
  const socket = await tpv.socket();
  await hub.message(1, 'Hola');
  const { instruction } = await socket.next('instruction');
  await socket.report(instruction.id, 'completed');
  const { body } = await hub.fetch('/metrics');
  const registered = [...String(body).matchAll(/^# TYPE (hub_\w+) (\w+)$/gm)];
  expect(Object.fromEntries(registered.map(([, name, type]) => [name, type]))).toEqual(
    Object.fromEntries([...metrics].map(([name, { type }]) => [name, type])),
  );
  const series = [...String(body).matchAll(/^(hub_\w+?)(?:_bucket|_sum|_count)?\{([^}]*)\}/gm)];
  for (const [, name = '', text = ''] of series) {
    const labels = [...text.matchAll(/(\w+)="/g)].map(([, label]) => label).filter((label) => label !== 'le');
    expect(metrics.get(name)?.labels.toSorted(), name).toEqual(labels.toSorted());
  }
  expect(new Set(series.map(([, name]) => name)).size).toBeGreaterThan(15);
});

test('the log lines of the page are those of the code, with their levels and fields', () => {
  const calls = textFiles(['src/**/*.ts']).flatMap(({ text }) => logCalls(text));
  const spoken = calls.filter(({ messages }) => messages.length > 0);
  const lines = sectionOf(page, '### `error.log`: the program');
  const table = rowsOf(lines).map(([message, level = '', fields]) => ({
    message: codeOf(message)[0] ?? '',
    levels: level.split(', '),
    fields: codeOf(fields),
  }));
  const debug = codeOf(lines.slice(lines.indexOf('With `LOG_LEVEL=debug`'))).slice(1);
  const known = new Map(table.map((line) => [line.message, line]));
  const wrong = spoken.flatMap(({ messages, level, fields }) =>
    messages.flatMap((message) => {
      if (level === 'debug') return debug.includes(message) ? [] : [`not named: ${message}`];
      const line = known.get(message);
      if (line === undefined) return [`not named: ${message}`];
      const faults = fields.filter((field) => !line.fields.includes(field)).map((field) => `${message}: ${field}`);
      return line.levels.includes(level) || level === 'any' ? faults : [...faults, `${message}: ${level}`];
    }),
  );
  expect(wrong).toEqual([]);
  const said = new Set(spoken.flatMap(({ messages }) => messages));
  expect(table.map(({ message }) => message).filter((message) => !said.has(message))).toEqual([]);
  expect(said.size).toBeGreaterThan(20);
});
