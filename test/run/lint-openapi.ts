/** Puts the hub's OpenAPI document together, and has Redocly look at it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const CONFIG = 'test/run/redocly.yaml';
/** It tells nobody of its runs, and asks no registry whether it is the latest. */
const QUIET = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };

const folder = mkdtempSync(join(tmpdir(), 'lint-openapi-'));

function run(...args: string[]): boolean {
  const { status } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, ...QUIET },
    stdio: 'inherit',
  });
  return status === 0;
}

try {
  const passed =
    run('deploy/openapi.ts', folder) &&
    run('node_modules/@redocly/cli/bin/cli.js', 'lint', join(folder, 'openapi.json'), '--config', CONFIG);
  process.exitCode = passed ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
