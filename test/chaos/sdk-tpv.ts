import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { fileMemory, HubClient } from '#hub-client';

/**
 * A TPV as a process of its own, which sdk-faults.ts kills. Its ledger has a line for each handler that began (`b`) and
 * for each effect (`e`), the latter on the disk before the handler goes on: it stands for whatever a TPV does.
 */
const [url = '', apiKey = '', folder = ''] = process.argv.slice(2);

const ledgerPath = `${folder}/ledger`;
const done = new Set<number>();
for (const { kind, update } of readLedger()) if (kind === 'e') done.add(update);
const ledger = openSync(ledgerPath, 'a');

const tpv = new HubClient({ url, apiKey, memory: fileMemory(`${folder}/memory`), backoff: { baseMs: 50, maxMs: 500 } });

tpv.on('process_message', async ({ payload, telegram_user_id: user }, { interrupted }) => {
  const update = Number(/\d+$/.exec(payload.text)?.[0]);
  writeSync(ledger, `b ${update} ${user} ${interrupted ? 'interrupted' : 'new'}\n`);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
  // An interrupted order may have had its effect before the process died: only then the ledger is asked.
  if (!interrupted || !done.has(update)) {
    writeSync(ledger, `e ${update} ${user} -\n`);
    fsyncSync(ledger);
    done.add(update);
  }
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
  return { update };
});

const transports: string[] = [];
tpv.onStatus((status) => {
  if (status.state === 'online') {
    transports.push(status.transport);
    writeSync(1, `online ${status.transport}\n`);
  }
  if (status.state === 'closed') {
    writeSync(1, `closed ${status.error?.code ?? 'by itself'} ${status.error?.message ?? ''}\n`);
    closeSync(ledger);
    // The chaos program starts this process again, as systemd would.
    process.exit(status.error === undefined ? 0 : 1);
  }
});
process.once('SIGTERM', () => void tpv.close().then(() => process.exit(0)));
await tpv.connect().catch(() => {});

function readLedger(): { kind: string; update: number }[] {
  try {
    return readFileSync(ledgerPath, 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
      .map(([kind = '', update = '']) => ({ kind, update: Number(update) }));
  } catch {
    return [];
  }
}
