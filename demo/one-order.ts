import type { Message, Person } from './emulator/mod.ts';
import { CONFIRM } from './restaurant.ts';
import { RESTAURANT, STEP_MS, type Stage, WAITING_NOTICE_MS } from './stage.ts';
import { type StepKind, type Story, stepLine } from './timeline.ts';

const ORDER = '2 cañas y una tortilla';
/** The hub's own button. */
const CANCEL_MESSAGE = 'Cancelar mi mensaje';

/**
 * Plays one order from the person's first message to its confirmation by button, with a photo and a document on the
 * way, then a restaurant that is paused and a message that is cancelled, and prints the timeline.
 * @param stepMs how long each step may take
 * @throws Error with a sentence where a step doesn't come
 */
export async function playOneOrder(stage: Stage, stepMs = STEP_MS): Promise<void> {
  const { emulator, hubUrl, restaurant, timeline } = stage;
  const ana = emulator.person({ id: 123_456_789, first_name: 'Ana', language_code: 'es' });
  const follow = async (updateId: number, kinds: readonly StepKind[]): Promise<Story> => {
    const story = timeline.storyOf(updateId);
    if (story === undefined) throw new Error(`The emulator did not take update ${updateId}.`);
    for (const kind of kinds) await timeline.waitFor(story, kind, stepMs);
    return story;
  };
  await follow(ana.send('/start'), ['queued', 'committed', 'replied']);
  await ana.waitForMessage((message) => message.text?.includes(RESTAURANT) === true, stepMs);

  const ordered = await follow(ana.send(ORDER), [
    'queued',
    'committed',
    'instruction',
    'processing',
    'replied',
    'completed',
  ]);
  const offer = await ana.waitForMessage((message) => buttonsOf(message).includes(CONFIRM), stepMs);
  const confirmed = await follow(ana.press(offer.message_id, CONFIRM).updateId, [
    'queued',
    'committed',
    'instruction',
    'photo',
    'document',
    'completed',
    'shown',
    'edited',
  ]);

  await followUp(stage, ana, stepMs);

  for (const step of [...timeline.steps].sort((a, b) => a.at - b.at)) console.log(stepLine(step));
  const edited = ana.chat.find(({ message_id: id }) => id === offer.message_id);
  if (edited === undefined || buttonsOf(edited).length > 0 || !edited.text?.includes('Confirmado')) {
    throw new Error(`The order was not confirmed in the chat: ${JSON.stringify(edited?.text)}.`);
  }
  const kept = await answeredByHub(hubUrl, restaurant.apiKey);
  for (const { response } of [ordered, confirmed]) {
    if (kept.some((one) => JSON.stringify(one) === JSON.stringify(response))) continue;
    throw new Error(`The hub kept other responses than the TPV gave: ${JSON.stringify(kept)}.`);
  }
  console.log("\nThe hub keeps the order and its confirmation as completed, with the TPV's responses.");
}

/** What a person hears of a restaurant that is paused, and of a TPV that does not look at what they wrote. */
async function followUp({ restaurant }: Stage, ana: Person, stepMs: number): Promise<void> {
  await restaurant.become('paused');
  ana.send('¿Tenéis mesa?');
  await ana.waitForMessage((message) => message.text?.includes('no atiende ahora') === true, stepMs);
  await restaurant.become('slow');
  ana.send('Y un café, por favor');
  const waits = await ana.waitForMessage(
    (message) => buttonsOf(message).includes(CANCEL_MESSAGE),
    WAITING_NOTICE_MS + stepMs,
  );
  ana.press(waits.message_id, CANCEL_MESSAGE);
  await ana.waitForMessage(
    (message) => message.message_id === waits.message_id && message.text === 'Mensaje cancelado.',
    stepMs,
  );
  await restaurant.become('on');
}

function buttonsOf(message: Message): string[] {
  return message.reply_markup?.inline_keyboard.flat().map(({ text }) => text) ?? [];
}

/** The responses of the completed instructions, as any TPV reads them over REST. */
async function answeredByHub(hubUrl: string, apiKey: string): Promise<unknown[]> {
  const answer = await fetch(new URL('/api/tpv/instructions/?status=completed', hubUrl), {
    headers: { authorization: `ApiKey ${apiKey}` },
    signal: AbortSignal.timeout(STEP_MS),
  });
  const { instructions } = (await answer.json()) as { instructions?: { response: unknown }[] };
  return (instructions ?? []).map(({ response }) => response);
}
