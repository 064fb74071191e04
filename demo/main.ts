import { parseArgs } from 'node:util';
import closeWithGrace from 'close-with-grace';
import { playOneOrder } from './one-order.ts';
import { RESTAURANT, type Stage, setStage, type WantedPorts } from './stage.ts';
import { stepLine } from './timeline.ts';

const HELP = `Everything on this machine, with no token and no account: a Bot API emulator with a chat page,
the hub on a fresh SQLite, and a restaurant's TPV on the SDK.

  npm run demo             open the chat page in a browser and order something; Ctrl+C ends it
  npm run demo -- --once   play one order from message to confirmation, print its timeline, and end
`;

/** Where the demo listens while nobody else does: the hub's own default port, and the one after it. */
const HUB_PORT = 8100;
const CHAT_PORT = 8101;
const EXIT_USAGE = 64;

const options = readOptions();
if (options.help) {
  process.stdout.write(HELP);
} else if (options.once) {
  await once();
} else {
  await stay();
}

function readOptions(): { once: boolean; help: boolean } {
  try {
    const { values } = parseArgs({ options: { once: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } });
    return { once: values.once === true, help: values.help === true };
  } catch (error) {
    process.stderr.write(`${sentenceOf(error)}\n\n${HELP}`);
    process.exit(EXIT_USAGE);
  }
}

async function once(): Promise<void> {
  // Nobody opens its pages, so it takes no port that something else may want.
  await withStage({ chat: 0, hub: 0 }, async (stage, end) => {
    announce(stage);
    await playOneOrder(stage).finally(end);
  });
}

async function stay(): Promise<void> {
  await withStage({ chat: CHAT_PORT, hub: HUB_PORT }, async (stage) => {
    announce(stage);
    console.log(
      'Open the chat page, write /start, then "carta" or "2 cañas y una tortilla", and confirm. Ctrl+C ends the demo.\n',
    );
    stage.timeline.onStep((step) => console.log(stepLine(step)));
  });
}

/** Plays on a stage that Ctrl+C takes down, or `end`; a fault is said in a sentence. */
async function withStage(ports: WantedPorts, play: (stage: Stage, end: () => Promise<void>) => Promise<void>) {
  const starting = setStage(ports);
  const { uninstall } = closeWithGrace({ delay: 10_000, logger: false }, async ({ err, signal }) => {
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
    uninstall();
    process.stderr.write(`${sentenceOf(error)}\n`);
    process.exitCode = 1;
  }
}

function announce({ emulator, hubUrl, taken }: Stage): void {
  for (const port of taken) console.log(`Port ${port} is taken by another program, so another one is used.`);
  console.log(`
  chat page    ${emulator.apiRoot}/        (you, as a person who writes to the bot)
  hub status   ${hubUrl}/
  API docs     ${hubUrl}/docs
  TPV          "${RESTAURANT}", connected to the hub by WebSocket
`);
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
