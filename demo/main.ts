import { parseArgs } from 'node:util';
import closeWithGrace from 'close-with-grace';
import { playOneOrder } from './one_order.ts';
import { RESTAURANT, type Stage, setStage } from './stage.ts';
import { stepLine } from './timeline.ts';

const HELP = `Everything on this machine, with no token and no account: a Bot API emulator with a chat page,
the hub on a fresh SQLite, and a restaurant's TPV on the SDK.

  npm run demo             open the chat page in a browser and order something; Ctrl+C ends it
  npm run demo -- --once   play one order from message to report, print its timeline, and end
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
  let stage: Stage | undefined;
  try {
    // Nobody opens its pages, so it takes no port that something else may want.
    stage = await setStage({ chat: 0, hub: 0 });
    announce(stage);
    await playOneOrder(stage);
  } catch (error) {
    process.stderr.write(`${sentenceOf(error)}\n`);
    process.exitCode = 1;
  } finally {
    await stage?.close();
  }
}

async function stay(): Promise<void> {
  try {
    const stage = await setStage({ chat: CHAT_PORT, hub: HUB_PORT });
    closeWithGrace({ delay: 10_000, logger: false }, async ({ err, signal }) => {
      console.log(err === undefined ? `\n${signal ?? 'The end'}: closing.` : `\nThe demo ends: ${sentenceOf(err)}`);
      await stage.close();
    });
    announce(stage);
    console.log('Open the chat page, write /start, then "carta" or "2 cañas y una tortilla". Ctrl+C ends the demo.\n');
    stage.timeline.onStep((step) => console.log(stepLine(step)));
  } catch (error) {
    process.stderr.write(`${sentenceOf(error)}\n`);
    process.exit(1);
  }
}

function announce({ emulator, hubUrl, taken }: Stage): void {
  for (const port of taken) console.log(`Port ${port} is taken by another program, so another one is used.`);
  console.log(`
  chat page    ${emulator.apiRoot}/        (you, as a person who writes to the bot)
  hub status   ${hubUrl}/
  API docs     ${hubUrl}/docs
  TPV          "${RESTAURANT}", connected to the hub by WebSocket

The hub does not pass a TPV's answer on to the person yet: the chat shows what the hub itself says, and the TPV's
answer is the response of its report, shown below.
`);
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
