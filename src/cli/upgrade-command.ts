import { fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { systemClock } from '../clock.ts';
import { dataFolder, readConfig } from '../config/config.ts';
import { HubError } from '../errors.ts';
import { becomeOnlyUpgrade } from '../operations/upgrade/lock.ts';
import { linkedProgram } from '../operations/upgrade/program.ts';
import { settleUpgrade } from '../operations/upgrade/settle.ts';
import { clearTrial } from '../operations/upgrade/trial.ts';
import type { Service } from '../operations/upgrade/undo.ts';
import { upgrade } from '../operations/upgrade/upgrade.ts';
import { UsageError } from '../process/exit.ts';
import type { Input, Result } from './command.ts';
import { localUrl } from './doctor/listening-check.ts';
import { say, told } from './language/say.ts';
import { serviceNode, systemdService } from './service-unit.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * `upgrade <package>`: another version in the place of the one that runs as a service. The work is a process of its own,
 * so that this one can take back what that one did, if it is killed.
 * @throws UsageError, ConfigError, HubError
 */
export async function upgradeCommand(input: Input): Promise<Result | undefined> {
  const { env, words, options } = input;
  const [file, ...more] = words;
  const undo = options.undo === true;
  if (undo ? file !== undefined || options['have-copy'] !== undefined : file === undefined || more.length > 0) {
    throw new UsageError(say`"upgrade" takes one package, valletpv-hub-<version>.tgz, or --undo alone.`);
  }
  const config = readConfig(env);
  const project = process.cwd();
  linkedProgram(project);
  const nodeOf = serviceNode(project, env.UNIT_DIR);
  const service = systemdService(localUrl(config));
  if (undo || file === undefined) {
    const settled = await settle(project, service);
    return { data: { upgrade: settled ?? null }, text: settledText(settled) };
  }
  const data = resolve(dataFolder(config));
  // Only the process that this one starts has a channel to its parent.
  if (process.send === undefined) return watchWorker(project, service, data);

  // A terminal that was closed takes nothing more; the upgrade goes on to its end.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const ending = new AbortController();
  for (const signal of SIGNALS) {
    // A signal comes from outside, and knows nothing of this run's language.
    const ended = new HubError('unavailable', say`The upgrade was ended (${signal}).`);
    process.on(signal, () => ending.abort(ended));
  }
  const { version, applied, copy, downMs } = await upgrade({
    project,
    tarball: resolve(file),
    data,
    database: /^sqlite:(.+)$/.exec(config.DATABASE_URL)?.[1],
    haveCopy: options['have-copy'] === true,
    nodeOf,
    service,
    clock: systemClock(),
    env,
    signal: ending.signal,
    say: (what) => process.stderr.write(`${told(what)}\n`),
  });
  const seconds = Math.ceil(downMs / 1_000);
  const lines = [say`Version ${version} runs. The hub did not answer for ${seconds} s.`];
  if (applied.length > 0) lines.push(say`The database was brought up to date: ${applied.join(', ')}.`);
  if (copy !== null) lines.push(say`As it was before, it is in ${copy}, until the next upgrade.`);
  return { data: { version, applied, copy, down_seconds: seconds }, text: lines.join('\n') };
}

function settledText(settled: Awaited<ReturnType<typeof settle>>): string {
  if (settled === undefined) return say`No upgrade was interrupted.`;
  return settled === 'finished'
    ? say`The new version runs: the upgrade is done.`
    : say`The version that ran before runs again, with its data.`;
}

/** Ends an upgrade that no process is at work on any more. */
async function settle(project: string, service: Service) {
  const unlock = becomeOnlyUpgrade(project);
  try {
    return await settleUpgrade(project, service);
  } finally {
    unlock();
  }
}

/** Runs this very command in another process; what that one says is what this one says. */
async function watchWorker(project: string, service: Service, data: string): Promise<undefined> {
  const [, main = '', ...args] = process.argv;
  const worker = fork(main, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  for (const signal of SIGNALS) process.on(signal, () => worker.kill(signal));
  process.stderr.on('error', () => {});
  const [code, signal] = (await once(worker, 'close')) as [number | null, NodeJS.Signals | null];
  if (signal === null) {
    process.exitCode = code ?? 1;
    return undefined;
  }
  const settled = await settle(project, service);
  clearTrial(data);
  const now = settled === undefined ? say`The hub was not touched: it runs as before.` : settledText(settled);
  throw new HubError('unavailable', say`The upgrade was killed (${signal}). ${now}`);
}
