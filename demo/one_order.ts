import { RESTAURANT, type Stage } from './stage.ts';
import { type Step, type StepKind, stepLine } from './timeline.ts';

/** How long the hub may take to say what it keeps. */
const ANSWER_MS = 5_000;
const ORDER = '2 cañas y una tortilla';

/**
 * Plays one order from the person's first message to the TPV's report, and prints its timeline.
 * @param stepMs how long each step may take
 * @throws Error with a sentence where a step doesn't come
 */
export async function playOneOrder(stage: Stage, stepMs = 10_000): Promise<void> {
  const { emulator, hubUrl, restaurant, timeline } = stage;
  const ana = emulator.person({ id: 123_456_789, first_name: 'Ana', language_code: 'es' });
  const follow = async (text: string, kinds: readonly StepKind[]): Promise<Step | undefined> => {
    const story = timeline.storyOf(ana.send(text));
    if (story === undefined) throw new Error(`The emulator did not take "${text}".`);
    let last: Step | undefined;
    for (const kind of kinds) last = await timeline.waitFor(story, kind, stepMs);
    return last;
  };
  await follow('/start', ['queued', 'committed', 'replied']);
  await ana.waitForMessage((message) => message.text?.includes(RESTAURANT) === true, stepMs);
  const done = await follow(ORDER, ['queued', 'committed', 'instruction', 'processing', 'completed']);

  for (const step of [...timeline.steps].sort((a, b) => a.at - b.at)) console.log(stepLine(step));
  const kept = await answeredByHub(hubUrl, restaurant.apiKey);
  if (JSON.stringify(kept) !== JSON.stringify(done?.story.response)) {
    throw new Error(`The hub kept another response than the TPV gave: ${JSON.stringify(kept)}.`);
  }
  console.log("\nThe hub keeps the order as completed, with the TPV's response.");
}

/** The response of the one completed instruction, as any TPV reads it over REST. */
async function answeredByHub(hubUrl: string, apiKey: string): Promise<unknown> {
  const answer = await fetch(new URL('/api/tpv/instructions/?status=completed', hubUrl), {
    headers: { authorization: `ApiKey ${apiKey}` },
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  const { instructions } = (await answer.json()) as { instructions?: { response: unknown }[] };
  return instructions?.[0]?.response;
}
