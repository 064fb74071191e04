import { closeAtEnd } from '../src/process/end.ts';
import { playOneOrder } from './one-order.ts';
import { type DemoOptions, readOptions } from './options.ts';
import { ownTpv } from './own-tpv.ts';
import { RESTAURANT, type Stage, setStage, type WantedPorts } from './stage.ts';
import { stepLine } from './timeline.ts';
import { LOGIN, openTown, TROUBLED, WAITING, WATCHER } from './town.ts';

const HELP = `Everything on this machine, with no token and no account: a Bot API emulator with a chat page,
the hub on a fresh SQLite with its panel, and a few restaurants' TPVs on the SDK.

  npm run demo             open the chat page in a browser and order something, and the panel to steer; Ctrl+C ends it
  npm run demo -- --hubs 3 the same with three hubs on one PostgreSQL: kill one in the chat page's side bar, and go on
  npm run demo -- --once   play one order from message to confirmation, a pause and a cancelled message, print the timeline, and end
`;

const KILL_ONE = `Several hubs share one PostgreSQL behind a balancer: "Matar un hub" in the chat page's side bar kills one, the others go on,
and the panel's page "Hubs" shows it. It is started again after some seconds.
`;

/** Where the demo listens if the ports are free: the hub's own default port, and the one after it. */
const HUB_PORT = 8100;
const CHAT_PORT = 8101;
const EXIT_USAGE = 64;

const options = optionsGiven();
if (options.help) {
  process.stdout.write(HELP);
} else if (options.once) {
  await once();
} else {
  await stay();
}

function optionsGiven(): DemoOptions {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${sentenceOf(error)}\n\n${HELP}`);
    process.exit(EXIT_USAGE);
  }
}

async function once(): Promise<void> {
  // No person opens its pages, so it takes no port that another program may want.
  await withStage({ chat: 0, hub: 0 }, async (stage, end) => {
    announce(stage);
    await playOneOrder(stage).finally(end);
  });
}

async function stay(): Promise<void> {
  await withStage({ chat: CHAT_PORT, hub: HUB_PORT }, async (stage) => {
    await openTown(stage);
    const { apiKey, joinCode } = await ownTpv(stage);
    announce(
      stage,
      `panel        ${stage.hubUrl}/admin/   (name: ${LOGIN.name}, password: ${LOGIN.password})`,
      `your own TPV TPV_API_KEY=${apiKey}   (in the chat: /start ${joinCode})`,
    );
    console.log(`\
In the chat page write /start, then "carta" or "2 cañas y una tortilla", and confirm. A day's work for the panel:

  - approve the TPV "${WAITING}"; it connects by itself
  - move the people of "${TROUBLED}", where orders fail, to another TPV, and retry what failed
  - follow an order from its update to its answer, while it arrives
  - say what became of the message whose state is unknown
  - take the webhook away, see the alarm, and repair it
  - let the TPV be paused, slow or off in the chat page's side bar, write, and read what comes
  - switch it off there, and look into the chat of ${WATCHER.first_name} ${WATCHER.last_name}: after a minute the alarm comes, and its end
  - switch Telegram off there, send a message from the panel, and switch it on: it comes

Ctrl+C ends the demo.
`);
    if (stage.hubs !== undefined) console.log(KILL_ONE);
    stage.timeline.onStep((step) => console.log(stepLine(step)));
  });
}

/** Plays on a stage that Ctrl+C takes down, or `end`; a fault is said in a sentence. */
async function withStage(ports: WantedPorts, play: (stage: Stage, end: () => Promise<void>) => Promise<void>) {
  const starting = setStage(ports, options.hubs);
  let ending = false;
  const { uninstall } = closeAtEnd(10_000, async ({ err, signal }) => {
    ending = true;
    console.log(err === undefined ? `\n${signal ?? 'The end'}: closing.` : `\nThe demo ends: ${sentenceOf(err)}`);
    // Also where the signal comes while it starts: what is up by then must go.
    await starting.then((stage) => stage.close());
  });
  try {
    const stage = await starting;
    await play(stage, () => {
      uninstall();
      return stage.close();
    });
  } catch (error) {
    // What was under way fails where its stage is taken down.
    if (ending) return;
    uninstall();
    await starting.then(
      (stage) => stage.close(),
      () => {},
    );
    process.stderr.write(`${sentenceOf(error)}\n`);
    process.exitCode = 1;
  }
}

function announce({ emulator, hubUrl, taken }: Stage, ...more: string[]): void {
  for (const port of taken) console.log(`Port ${port} is taken by another program, so another one is used.`);
  console.log(`
  chat page    ${emulator.apiRoot}/        (you, as a person who writes to the bot)
  hub status   ${hubUrl}/
  API docs     ${hubUrl}/docs
  TPV          "${RESTAURANT}", connected to the hub by WebSocket
${more.map((line) => `  ${line}\n`).join('')}`);
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
