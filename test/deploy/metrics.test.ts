import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { DEBIAN_INSTALL_MS, debianProgram } from '../support/debian.ts';
import { startHub } from '../support/hub.ts';
import { ROOT } from '../support/process.ts';
import { testFolder } from '../support/test-folder.ts';

const DASHBOARD = join(ROOT, 'deploy/grafana/valletpv-hub.json');
const ALERTS = join(ROOT, 'deploy/prometheus/alerts.yml');
const run = promisify(execFile);

interface Panel {
  type: string;
  title: string;
  targets?: { expr: string }[];
}

let promtool: string;
beforeAll(async () => {
  promtool = await debianProgram('promtool', 'prometheus');
}, DEBIAN_INSTALL_MS);

function panels(): Panel[] {
  return JSON.parse(readFileSync(DASHBOARD, 'utf8')).panels;
}

/** Every expression of the dashboard, as Prometheus gets it. */
function dashboardExpressions(): string[] {
  const variables = (expr: string) => expr.replaceAll('$__rate_interval', '5m').replaceAll('$instance', '.*');
  return panels().flatMap(({ targets = [] }) => targets.map(({ expr }) => variables(expr)));
}

/** Names of series within text that may say more. */
function seriesIn(text: string): Set<string> {
  return new Set(text.match(/\b(?:hub|nodejs|process)_[a-z0-9_]+/g));
}

/** What a real hub exports. */
async function exported(): Promise<{ text: string; series: Set<string> }> {
  const hub = await startHub();
  const tpv = await hub.tpv();
  await hub.message(1, 'Hola');
  await tpv.fetch('/api/tpv/instructions/');
  const { body: text } = await hub.fetch('/metrics');
  const series = new Set<string>();
  for (const [, name, type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    const suffixes = type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
    for (const suffix of suffixes) series.add(`${name}${suffix}`);
  }
  return { text, series };
}

function scratch(name: string, content: string): string {
  const dir = testFolder('promtool');
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}

describe('what Prometheus reads', () => {
  test('satisfies promtool', async () => {
    const { text } = await exported();
    const checking = run(promtool, ['check', 'metrics']);
    checking.child.stdin?.end(text);
    expect(await checking).toEqual({ stdout: '', stderr: '' });
  });

  test('has every series that the dashboard and the alerts ask for', async () => {
    const { series } = await exported();
    // Prometheus itself makes `up`.
    const wanted = seriesIn(`${dashboardExpressions().join('\n')}\n${readFileSync(ALERTS, 'utf8')}`);
    expect(wanted.size).toBeGreaterThan(30);
    expect([...wanted].filter((name) => !series.has(name))).toEqual([]);
  });
});

describe('the alert rules', () => {
  test('satisfy promtool', async () => {
    const { stdout } = await run(promtool, ['check', 'rules', '--lint=all', '--lint-fatal', ALERTS]);
    expect(stdout).toMatch(/SUCCESS: \d+ rules found/);
  });

  test('fire where they should, and not where they should not', async () => {
    const { stdout } = await run(promtool, ['test', 'rules', join(ROOT, 'deploy/prometheus/alerts.test.yml')]);
    expect(stdout).toMatch(/SUCCESS/);
  });

  test('say what is wrong and what to do, each', () => {
    const rules = readFileSync(ALERTS, 'utf8').split('- alert: ').slice(1);
    expect(rules.length).toBeGreaterThan(15);
    for (const rule of rules) {
      expect(rule).toMatch(/severity: (critical|warning)/);
      expect(rule).toMatch(/summary: \S/);
      expect(rule).toMatch(/description: \S/);
    }
  });
});

describe('the dashboard', () => {
  test('asks for nothing that Prometheus can not parse', async () => {
    const rules = dashboardExpressions().map((expr, i) => ({ record: `panel:expression:${i}`, expr }));
    // JSON is YAML.
    const path = scratch('dashboard.yml', JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
    const { stdout } = await run(promtool, ['check', 'rules', path]);
    expect(stdout).toContain(`SUCCESS: ${rules.length} rules found`);
  });

  test('has no two panels of one id or in one place, and a query in each', () => {
    const { panels: all } = JSON.parse(readFileSync(DASHBOARD, 'utf8'));
    const ids = all.map(({ id }: { id: number }) => id);
    const places = all.map(({ gridPos: { x, y } }: { gridPos: { x: number; y: number } }) => `${x},${y}`);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(places).size).toBe(places.length);
    const empty = panels().filter(({ type, targets = [] }) => type !== 'row' && targets.length === 0);
    expect(empty).toEqual([]);
  });
});
