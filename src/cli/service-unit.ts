import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HubError } from '../errors.ts';
import type { Service } from '../operations/upgrade/undo.ts';
import { hubAt } from './doctor/listening-check.ts';
import { say } from './language/say.ts';

const SERVICE = 'valletpv-hub';
/** As in deploy/manage_webhook_service.sh. */
const UNIT_DIR = '/etc/systemd/system';

/**
 * The Node that the service's unit names, for a program that lies elsewhere: one that the program brings, or the machine's.
 * @param project the hub's folder
 * @throws HubError `invalid_request` if there is no such service
 */
export function serviceNode(project: string, unitDir = UNIT_DIR): (program: string) => string {
  const unit = unitText(join(unitDir, `${SERVICE}.service`));
  const [, node] = /^ExecStart=(\S+) program\/src\/process\/launch\.cjs /m.exec(unit) ?? [];
  const [, place] = /^WorkingDirectory=(.+)$/m.exec(unit) ?? [];
  if (node === undefined || place !== project) {
    throw new HubError(
      'invalid_request',
      say`The hub in ${project} is not installed as this version's service: deploy/manage_webhook_service.sh install`,
    );
  }
  const brought = join(project, 'program/');
  return (program) => (node.startsWith(brought) ? join(program, node.slice(brought.length)) : node);
}

function unitText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/**
 * The service, as systemd runs it.
 * @param url where the hub answers
 */
export function systemdService(url: string): Service {
  const systemctl = (args: string[], timeout = 0) => promisify(execFile)('systemctl', [...args, SERVICE], { timeout });
  return {
    isActive: () =>
      systemctl(['is-active', '--quiet']).then(
        () => true,
        () => false,
      ),
    async stop() {
      await systemctl(['stop']);
    },
    async start(limitMs) {
      try {
        await systemctl(['start'], limitMs);
      } catch (cause) {
        throw new HubError('unavailable', say`It did not start: journalctl -u ${SERVICE} -n 50 says why.`, { cause });
      }
    },
    isReady: async () => (await hubAt(url))?.ready === true,
  };
}
