import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

/** What a program asks of systemd, and the process that asked. */
export interface ServiceRequest {
  what: string;
  askedBy: number;
}

/** Stands in for systemd with one service: really starts and stops what the unit says. */
export interface ServiceManager {
  /** The process of the service; undefined while it does not run. */
  readonly pid: number | undefined;
  /** Called before a request is done; true: it is not done, and its caller is told that it failed. */
  onRequest: (request: ServiceRequest) => boolean;
  start(): Promise<void>;
  end(): Promise<void>;
}

/**
 * @param bin gets a `systemctl` that asks this manager
 * @param unitPath the unit's file
 */
export async function startServiceManager(bin: string, unitPath: string): Promise<ServiceManager> {
  let hub: ChildProcess | undefined;
  const isRunning = () => hub !== undefined && hub.exitCode === null && hub.signalCode === null;

  const start = async () => {
    if (isRunning()) return;
    const unit = readFileSync(unitPath, 'utf8');
    const setting = (key: string) => new RegExp(`^${key}=(.+)$`, 'm').exec(unit)?.[1] ?? '';
    const [program = '', ...args] = setting('ExecStart').split(' ');
    const child = spawn(program, args, {
      cwd: setting('WorkingDirectory'),
      env: { PATH: process.env.PATH, ...Object.fromEntries(setting('Environment').split(' ').map(variableOf)) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    hub = child;
    const ended = once(child, 'close');
    let wrote = '';
    await new Promise<void>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (chunk: string) => {
          wrote += chunk;
          if (wrote.includes('"address":"')) resolve();
        });
      }
      ended.then(() => reject(new Error(`The hub did not start:\n${wrote}`)), reject);
    });
  };
  const stop = async () => {
    if (hub === undefined || !isRunning()) return;
    const ended = once(hub, 'close');
    hub.kill('SIGTERM');
    await ended;
  };
  const done: Record<string, () => Promise<void>> = {
    start,
    stop,
    'is-active': async () => {
      if (!isRunning()) throw new Error('It does not run.');
    },
  };

  const socket = join(bin, 'manager');
  const manager: ServiceManager = {
    get pid() {
      return isRunning() ? hub?.pid : undefined;
    },
    onRequest: () => false,
    start,
    async end() {
      hub?.kill('SIGKILL');
      server.close();
      server.closeAllConnections();
    },
  };
  const server = createServer(async ({ url = '' }, answer) => {
    const [, what = '', askedBy = ''] = url.split('/');
    try {
      if (manager.onRequest({ what, askedBy: Number(askedBy) })) throw new Error('The test refuses it.');
      await done[what]?.();
      answer.end();
    } catch (error) {
      answer.writeHead(500).end(String(error));
    }
  }).listen(socket);
  await once(server, 'listening');
  writeFileSync(join(bin, 'systemctl'), systemctl(socket));
  chmodSync(join(bin, 'systemctl'), 0o755);
  return manager;
}

function variableOf(text: string): [string, string] {
  const [name = '', value = ''] = text.split('=');
  return [name, value];
}

function systemctl(socketPath: string): string {
  const options = `{ socketPath: ${JSON.stringify(socketPath)}, path: '/' + process.argv[2] + '/' + process.ppid }`;
  return `#!${process.execPath}
require('node:http').get(${options}, (answer) => {
  answer.resume();
  process.exitCode = answer.statusCode === 200 ? 0 : 1;
}).on('error', () => { process.exitCode = 1; });
`;
}
