import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ROOT, runProcess } from './process.ts';
import { builtRelease } from './release.ts';

/** What the script runs that would change this machine, or asks about it. */
const STUBBED = ['systemctl', 'journalctl', 'id', 'useradd', 'runuser', 'install', 'find', 'chown', 'chgrp', 'tail'];
/** What of the repository the script and its service use. */
const PROGRAM = ['package.json', '.env.example', 'src', 'node_modules'];

/** A project's folder whose script sees a machine that stands in for this one; gone with the test. */
export interface ServiceScript {
  /** The project's folder. */
  readonly project: string;
  readonly unitPath: string;
  /** The installed unit. */
  readonly unit: string;
  /** What the stand-ins were asked to do since the last look, but for questions. */
  changes(): string[];
  /** What the machine is like: `active`, `user`, `broken` (the unit does not start) … */
  set(state: string, value?: string): void;
  is(state: string): boolean;
  writeEnv(variables: Record<string, string>, mode?: number): void;
  run(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }>;
  /** The hub's command line, on the same machine and in the same shell. */
  command(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }>;
}

/** @param shell further variables of the operator's shell */
export function serviceScript(shell: Record<string, string> = {}): ServiceScript {
  const dir = mkdtempSync(join(tmpdir(), 'hub-service-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const [project, bin, state, units] = ['project', 'bin', 'state', 'units'].map((name) => {
    const path = join(dir, name);
    mkdirSync(path);
    return path;
  }) as [string, string, string, string];
  cpSync(join(ROOT, 'deploy'), join(project, 'deploy'), { recursive: true });
  for (const name of PROGRAM) symlinkSync(join(ROOT, name), join(project, name));
  symlinkSync(builtRelease(), join(project, 'dist'));
  for (const name of STUBBED) symlinkSync(join(ROOT, 'test/support/service-stub.sh'), join(bin, name));
  const set = (name: string, value = '') => writeFileSync(join(state, name), value);
  set('calls');
  set('uid', '0\n');
  const unitPath = join(units, 'valletpv-hub.service');
  const env = {
    ...shell,
    PATH: [bin, dirname(process.execPath), process.env.PATH].join(delimiter),
    UNIT_DIR: units,
    STUB_STATE: state,
  };
  return {
    project,
    unitPath,
    get unit() {
      return readFileSync(unitPath, 'utf8');
    },
    changes() {
      const calls = readFileSync(join(state, 'calls'), 'utf8').split('\n').filter(Boolean);
      set('calls');
      return calls.filter((call) => !/^(id|runuser|find|systemctl (is-active|is-enabled|status)) /.test(call));
    },
    set,
    is: (name) => existsSync(join(state, name)),
    writeEnv(variables, mode = 0o600) {
      const path = join(project, '.env');
      writeFileSync(
        path,
        Object.entries(variables)
          .map(([name, value]) => `${name}=${value}\n`)
          .join(''),
      );
      chmodSync(path, mode);
    },
    run: (...args) =>
      runProcess([join(project, 'deploy/manage_webhook_service.sh'), ...args], { program: 'bash', cwd: dir, env }),
    command: (...args) => runProcess([join(project, 'src/cli/launch.cjs'), ...args], { cwd: project, env }),
  };
}
