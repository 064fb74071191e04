import { readConfig } from '../src/config/config.ts';
import { createHub, type Hub } from '../src/hub/hub.ts';
import { openLogs } from '../src/log/log.ts';
import { TOLD } from './hub-messages.ts';

// One of several hubs of the demo, as a process of its own: its visitor may kill it. It tells its parent what happens.

let hub: Hub | undefined;
// The demo ends, or was killed.
process.on('disconnect', async () => {
  await hub?.close();
  process.exit();
});
// A terminal's Ctrl+C reaches it too; the demo says when it is to end.
process.on('SIGINT', () => {});

const tell = (message: unknown) => {
  if (process.connected) process.send?.(message);
};
const logs = await openLogs({ level: 'error' });
hub = await createHub(readConfig(process.env), logs);
for (const type of TOLD) hub.events.on(type, tell);
await hub.listen();
tell('ready');
