import { parseArgs } from 'node:util';
import { backupUnderLoad } from './backup-under-load.ts';
import { clockCorrected } from './clock-corrected.ts';
import { crowdHeld, crowdOffline } from './crowd-offline.ts';
import { databaseFaults } from './database-faults.ts';
import { diskFull } from './disk-full.ts';
import { fuzz } from './fuzz/fuzz.ts';
import { type HubKilledOptions, hubKilled } from './hub-killed.ts';
import { hubStopped } from './hub-stopped.ts';
import { postgresFaults } from './postgres-faults.ts';
import { powerHeld, powerLost } from './power-lost.ts';
import { outageHeld, pushesAfterOutage } from './pushes-after-outage.ts';
import { pushesKilled } from './pushes-killed.ts';
import { pushesHeld, pushesUnderFaults } from './pushes-under-faults.ts';
import { pushesWaiting } from './pushes-waiting.ts';
import { repliesKilled } from './replies-killed.ts';
import { sdkFaults, sdkFaultsHeld } from './sdk-faults.ts';

const HELP = `npm run chaos                      all programs
npm run chaos -- hub-killed        --kills 200 --rate 300 --database postgres   (sqlite)
npm run chaos -- hub-drained       --drains 20 --rate 300
npm run chaos -- power-loss        --cuts 200 --rate 300        (it needs a C compiler)
npm run chaos -- sdk-faults        --faults 500 --instructions 5000
npm run chaos -- pushes-under-faults --minutes 10 --seed 1 --seeds 5 [--resend]
npm run chaos -- pushes-after-outage --hours 48 --messages 2000
npm run chaos -- pushes-killed     --push-kills 50
npm run chaos -- reply-killed      --kills 200
npm run chaos -- crowd-offline     --people 10000 --crowd-kills 2
npm run chaos -- pushes-waiting    --seconds 30
npm run chaos -- hub-stopped       --stop-seconds 90
npm run chaos -- backup-under-load --rows 2000000 --rate 300
npm run chaos -- database-faults   --lock-seconds 60 --rate 300 --database postgres   (sqlite)
npm run chaos -- clock-corrected   --corrections 40 --rate 300 --database postgres   (sqlite; it needs a C compiler)
npm run chaos -- disk-full         --full-seconds 10 --times 3 --rate 100 --database postgres   (sqlite; as root)
npm run chaos -- fuzz              --inputs 1000000 --seed 1
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kills: { type: 'string', default: '200' },
    drains: { type: 'string', default: '20' },
    'full-seconds': { type: 'string', default: '10' },
    times: { type: 'string', default: '3' },
    corrections: { type: 'string', default: '40' },
    rate: { type: 'string', default: '300' },
    database: { type: 'string', default: 'sqlite' },
    cuts: { type: 'string', default: '200' },
    faults: { type: 'string', default: '500' },
    instructions: { type: 'string', default: '5000' },
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    resend: { type: 'boolean', default: false },
    hours: { type: 'string', default: '48' },
    messages: { type: 'string', default: '2000' },
    'push-kills': { type: 'string', default: '50' },
    people: { type: 'string', default: '10000' },
    'crowd-kills': { type: 'string', default: '2' },
    seconds: { type: 'string', default: '30' },
    rows: { type: 'string', default: '2000000' },
    inputs: { type: 'string', default: '1000000' },
    'lock-seconds': { type: 'string', default: '60' },
    'stop-seconds': { type: 'string', default: '90' },
    help: { type: 'boolean', default: false },
  },
});

const PROGRAMS: Record<string, () => Promise<boolean>> = {
  'hub-killed': killHub,
  'hub-drained': drainHub,
  'power-loss': cutPower,
  'sdk-faults': disturbSdk,
  'pushes-under-faults': disturbPushes,
  'pushes-after-outage': endOutage,
  'pushes-killed': killPushing,
  'reply-killed': killReplies,
  'crowd-offline': tellCrowd,
  'pushes-waiting': measurePushes,
  'hub-stopped': stopHub,
  'backup-under-load': measureBackup,
  'database-faults': takeDatabase,
  'clock-corrected': setClock,
  'disk-full': fillDisk,
  fuzz: fuzzEverything,
};
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const names = positionals.length > 0 ? positionals : Object.keys(PROGRAMS);
const unknown = names.filter((name) => PROGRAMS[name] === undefined);
if (unknown.length > 0) {
  process.stderr.write(`There is no chaos program ${unknown.join(', ')}.\n\n${HELP}`);
  process.exit(64);
}
let held = true;
for (const name of names) held = ((await PROGRAMS[name]?.()) ?? false) && held;
process.exit(held ? 0 : 1);

async function killHub(): Promise<boolean> {
  console.log(`Killing the hub ${values.kills} times under ${values.rate} updates/s …`);
  const database = values.database === 'postgres' ? 'postgres' : 'sqlite';
  return endHub({ kills: Number(values.kills), database, by: 'SIGKILL' });
}

async function drainHub(): Promise<boolean> {
  console.log(`Ending npm ${values.drains} times with SIGTERM under ${values.rate} updates/s …`);
  return endHub({ kills: Number(values.drains), database: 'sqlite', by: 'SIGTERM to npm' });
}

async function endHub(how: Pick<HubKilledOptions, 'kills' | 'database' | 'by'>): Promise<boolean> {
  const result = await hubKilled({ ...how, perSecond: Number(values.rate), tpvs: 4, users: 200 });
  show(result);
  const bad =
    result.lost > 0 ||
    result.hanging > 0 ||
    result.doubledRows > 0 ||
    result.repeatedRuns > 0 ||
    result.outOfOrder > 0 ||
    result.strangeAnswers.length > 0 ||
    result.orphans > 0 ||
    result.integrity !== 'ok';
  console.log(
    bad ? 'FAILED' : `ok: ${result.kills} ends, ${result.accepted} updates, 0 lost, 0 hanging, 0 repeated runs`,
  );
  return !bad;
}

async function cutPower(): Promise<boolean> {
  console.log(`Cutting the power under the hub ${values.cuts} times under ${values.rate} updates/s …`);
  const result = await powerLost({
    cuts: Number(values.cuts),
    perSecond: Number(values.rate),
    tpvs: 4,
    users: 200,
    durability: 'full',
  });
  show(result);
  const good = powerHeld(result);
  const { cuts, accepted, confirmed } = result;
  console.log(good ? `ok: ${cuts} cuts, ${accepted} updates and ${confirmed} reports confirmed, 0 lost` : 'FAILED');
  return good;
}

async function disturbSdk(): Promise<boolean> {
  console.log(`Disturbing a TPV on the SDK ${values.faults} times over ${values.instructions} instructions …`);
  const result = await sdkFaults({
    faults: Number(values.faults),
    instructions: Number(values.instructions),
    perSecond: 50,
    users: 20,
  });
  show(result);
  const good = sdkFaultsHeld(result);
  const made = Object.values(result.faults).reduce((sum, count) => sum + count, 0);
  console.log(good ? `ok: ${made} faults, ${result.instructions} instructions, each done once and in order` : 'FAILED');
  return good;
}

async function disturbPushes(): Promise<boolean> {
  let held = true;
  const first = Number(values.seed);
  for (let seed = first; seed < first + Number(values.seeds); seed++) {
    console.log(`Pushing for ${values.minutes} minutes of clock time to a Telegram with faults, seed ${seed} …`);
    const ifUnknown = values.resend ? 'resend' : 'hold';
    const result = await pushesUnderFaults({
      minutes: Number(values.minutes),
      perSecond: 12,
      chats: 60,
      seed,
      ifUnknown,
    });
    show(result);
    const good = pushesHeld(result, ifUnknown);
    const { messages, changes, missing } = result;
    console.log(
      good ? `ok: ${messages} messages, ${changes} changes, 0 lost, ${missing} in doubt and missing` : 'FAILED',
    );
    held = good && held;
  }
  return held;
}

async function endOutage(): Promise<boolean> {
  const [hours, messages] = [Number(values.hours), Number(values.messages)];
  console.log(`Pushing ${messages} messages while the line to Telegram is dead for ${hours} hours of the clock …`);
  const result = await pushesAfterOutage({ hours, messages, chats: 400 });
  show(result);
  const good = outageHeld(result);
  console.log(good ? `ok: ${messages} messages waited, and left once, in order, in ${result.worked} s` : 'FAILED');
  return good;
}

async function killPushing(): Promise<boolean> {
  console.log(`Killing the hub ${values['push-kills']} times while it sends …`);
  const result = await pushesKilled({ kills: Number(values['push-kills']), chats: 200 });
  show(result);
  const settled = Object.keys(result.statuses).every((status) => ['sent', 'failed', 'unknown'].includes(status));
  const { lost, doubled, disowned, outOfOrder, wrongNumbers } = result;
  const good =
    settled &&
    lost + doubled + disowned + outOfOrder + wrongNumbers === 0 &&
    result.strangeAnswers.length === 0 &&
    result.integrity === 'ok';
  console.log(good ? `ok: ${result.kills} kills, and Telegram got what the rows say` : 'FAILED');
  return good;
}

async function killReplies(): Promise<boolean> {
  console.log(`Killing the hub ${values.kills} times between reports and their replies …`);
  const result = await repliesKilled({ kills: Number(values.kills) });
  show(result);
  const settled = Object.keys(result.statuses).every((status) => ['sent', 'unknown'].includes(status));
  const { apart, lost, doubled, disowned, strangeAnswers, integrity } = result;
  const good = settled && apart + lost + doubled + disowned + strangeAnswers.length === 0 && integrity === 'ok';
  console.log(good ? `ok: ${result.kills} kills, ${result.answered} reports with replies, 0 apart` : 'FAILED');
  return good;
}

async function tellCrowd(): Promise<boolean> {
  const [people, kills] = [Number(values.people), Number(values['crowd-kills'])];
  console.log(`A TPV goes offline with a message of each of ${people} people, and the hub is killed ${kills} times …`);
  const result = await crowdOffline({ people, kills });
  show(result);
  const good = crowdHeld(result);
  console.log(good ? `ok: ${people} people told once each, no other TPV's message kept waiting` : 'FAILED');
  return good;
}

async function measurePushes(): Promise<boolean> {
  console.log(`Working off 1,000 chats × 20 messages for ${values.seconds} s …`);
  const result = await pushesWaiting({ chats: 1_000, perChat: 20, seconds: Number(values.seconds) });
  show(result);
  const good =
    Math.abs(result.perSecond - 30) <= 1 &&
    result.mostInASecond <= 35 &&
    result.limited === 0 &&
    result.cpuPercent < 20;
  console.log(good ? 'ok: 30/s ±1, no burst above the limits, less than 20 % of a core' : 'FAILED');
  return good;
}

async function stopHub(): Promise<boolean> {
  console.log(`Stopping the hub for ${values['stop-seconds']} s …`);
  const result = await hubStopped({ stopSeconds: Number(values['stop-seconds']), heartbeatSeconds: 25, sockets: 100 });
  show(result);
  const good = result.cut.length === 0 && JSON.stringify(result.polled) === '{"status":"completed","retry_count":0}';
  console.log(good ? 'ok: no socket cut, no attempt counted' : 'FAILED');
  return good;
}

async function measureBackup(): Promise<boolean> {
  console.log(`Copying a database of ${values.rows} instructions under ${values.rate} updates/s …`);
  const result = await backupUnderLoad({ rows: Number(values.rows), perSecond: Number(values.rate), seconds: 10 });
  show(result);
  const good = result.missing === 0 && result.integrity === 'ok' && result.p99Ratio < 2;
  console.log(good ? 'ok: whole, nothing acknowledged is missing, p99 less than doubled' : 'FAILED');
  return good;
}

async function takeDatabase(): Promise<boolean> {
  const [perSecond, lockSeconds] = [Number(values.rate), Number(values['lock-seconds'])];
  console.log(`Locking the database for ${lockSeconds} s and taking it away under ${perSecond} updates/s …`);
  const result =
    values.database === 'postgres'
      ? await postgresFaults({ perSecond, lockSeconds, goneSeconds: 10 })
      : await databaseFaults({ perSecond, lockSeconds });
  show(result);
  const { lost, unseen, doubledRows, strangeAnswers, cut } = result;
  const good = lost + unseen + doubledRows + strangeAnswers.length + cut === 0;
  console.log(good ? `ok: ${result.accepted} updates, 0 lost, no socket cut` : 'FAILED');
  return good;
}

async function setClock(): Promise<boolean> {
  console.log(`Setting the clock a day ahead or back ${values.corrections} times under ${values.rate} updates/s …`);
  const database = values.database === 'postgres' ? 'postgres' : 'sqlite';
  const result = await clockCorrected({
    perSecond: Number(values.rate),
    corrections: Number(values.corrections),
    database,
  });
  show(result);
  const { lost, unseen, doubledRows, strangeAnswers, cut, failed, handedOutAgain } = result;
  const good = lost + unseen + doubledRows + strangeAnswers.length + cut + failed + handedOutAgain === 0;
  console.log(good ? `ok: ${result.accepted} updates, 0 lost, expired or handed out again, no socket cut` : 'FAILED');
  return good;
}

async function fillDisk(): Promise<boolean> {
  console.log(
    `Filling the disk ${values.times} times for ${values['full-seconds']} s under ${values.rate} updates/s …`,
  );
  const result = await diskFull({
    perSecond: Number(values.rate),
    database: values.database === 'postgres' ? 'postgres' : 'sqlite',
    fullSeconds: Number(values['full-seconds']),
    times: Number(values.times),
  });
  show(result);
  const { lost, unseen, doubledRows, strangeAnswers, cut, named } = result;
  const good = lost + unseen + doubledRows + strangeAnswers.length + cut === 0 && named.length > 0;
  console.log(good ? `ok: ${result.accepted} updates, 0 lost, said by /readyz, no socket cut` : 'FAILED');
  return good;
}

async function fuzzEverything(): Promise<boolean> {
  console.log(`Asking a hub ${values.inputs} times for what it has and has not …`);
  const result = await fuzz({ inputs: Number(values.inputs), seed: Number(values.seed) });
  show(result);
  const { unexpected, faults, worksAfter, integrity } = result;
  const good = unexpected.length === 0 && faults.length === 0 && worksAfter && integrity === 'ok';
  console.log(good ? `ok: ${result.inputs} inputs, 0 crashes, 0 unexpected answers` : 'FAILED');
  return good;
}

function show(result: object): void {
  console.table(
    Object.entries(result).map(([figure, value]) => ({
      figure,
      value: typeof value === 'object' ? JSON.stringify(value) : String(value),
    })),
  );
}
