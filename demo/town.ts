import type { TpvDetail } from '../src/admin/schemas/tpvs.ts';
import type { Message, Person } from './emulator/mod.ts';
import { linkOf } from './operator.ts';
import { makeUpPast } from './past.ts';
import { CONFIRM } from './restaurant.ts';
import { STEP_MS, type Stage } from './stage.ts';
import type { StepKind } from './timeline.ts';

/** Who may enter the demo's panel; it is on this machine alone. */
export const LOGIN = { name: 'demo', password: 'solo-para-la-demo' } as const;

/** Whoever runs the first restaurant, and sees it alone. */
export const MANAGER = { name: 'esquina', password: LOGIN.password } as const;

/** Whose Telegram is linked to that account: alarms come to this chat. */
export const WATCHER = { id: 633_870_412, first_name: 'Marta', last_name: '(operadora)', language_code: 'es' } as const;

/** The restaurants besides the first, by what an administrator has to do with them. */
export const WAITING = 'Marisquería El Faro';
export const TROUBLED = 'Cafetería Sol';
const BUSY = 'Terraza del Puerto';
const CLOSED = 'Pizzería Nápoles';

const NO_PAPER = 'La impresora de cocina no tiene papel';

/**
 * Fills the stage with a day's work for the panel: a TPV that waits for approval, one whose orders fail, one that is
 * closed though a person waits for it, a message that may or may not have arrived, and people who ordered well.
 * @throws Error with a sentence where something of it doesn't come
 */
export async function openTown(stage: Stage): Promise<void> {
  const { db, operator, restaurant } = stage;
  await operator.change('POST', '/api/admin/accounts', { ...LOGIN, role: 'admin' });
  const watcher = stage.emulator.person(WATCHER);
  watcher.send(await linkOf(stage.hubUrl, LOGIN));
  await watcher.waitForMessage(({ text }) => text?.includes('queda vinculado') === true, STEP_MS);
  const busy = await stage.open(BUSY);
  const troubled = await stage.open(TROUBLED, { trouble: NO_PAPER });
  const closed = await stage.open(CLOSED);
  await openOnceApproved(stage);
  await operator.change('POST', '/api/admin/accounts', { ...MANAGER, role: 'manager', tpv_ids: [restaurant.id] });
  const now = Date.now();
  for (const [id, orders] of [
    ['', 13],
    [restaurant.id, 7],
    [busy.id, 6],
  ] as const) {
    await makeUpPast(db, id, now, orders);
  }

  const [lucia, marcos, nuria] = await guests(stage, restaurant.id, [
    { id: 611_204_518, first_name: 'Lucía', last_name: 'Herrero', username: 'luciah' },
    { id: 698_330_127, first_name: 'Marcos', last_name: 'Peña' },
    { id: 655_918_402, first_name: 'Nuria', username: 'nuria_vlc' },
  ]);
  const [omar, elena] = await guests(stage, busy.id, [
    { id: 702_115_934, first_name: 'Omar', last_name: 'Haddad' },
    { id: 640_772_051, first_name: 'Elena', last_name: 'Ríos', username: 'elenarios' },
  ]);
  const [paco, carmen] = await guests(stage, troubled.id, [
    { id: 619_440_873, first_name: 'Paco', last_name: 'Gil' },
    { id: 677_201_665, first_name: 'Carmen', last_name: 'Ortega', username: 'carmen_o' },
  ]);
  const [ivan] = await guests(stage, closed.id, [{ id: 690_057_318, first_name: 'Iván', last_name: 'Soler' }]);
  // No other person is assigned to a place that can't serve them.
  await operator.change('PATCH', `/api/admin/tpvs/${troubled.id}`, { max_users: 2 });
  await operator.change('PATCH', `/api/admin/tpvs/${closed.id}`, { max_users: 1 });
  const offline = wentOffline(stage, closed.id);
  await closed.close();
  await soon(offline, `${CLOSED} is not seen to be closed`);

  await order(stage, lucia, '2 cañas y una tortilla', CONFIRM);
  await order(stage, marcos, 'un bocadillo y un café', CONFIRM);
  await order(stage, omar, '4 croquetas y 2 vinos', CONFIRM);
  await order(stage, elena, 'tres cañas y un agua');
  await say(stage, nuria, '¿Tenéis mesa para cuatro en la terraza?', 'completed');
  await say(stage, paco, '2 cafés y un bocadillo', 'failed');
  await say(stage, carmen, 'una tortilla para llevar', 'failed');
  await say(stage, ivan, '¿A qué hora abrís hoy?', 'committed');
  await loseAnswer(stage, elena, 'Tu mesa de las nueve está reservada 🍷');
  await stage.emulator.deliverRaw('{"update_id": 7, "message": {"text": "medio mensa');
  // The hub asks Telegram of the webhook only some seconds after its start; the panel shows it from now on.
  await operator.get('/api/admin/webhook');
}

/** Resolves when the hub says that the restaurant is not there any more. */
function wentOffline({ events }: Stage, id: string): Promise<void> {
  return new Promise((resolve) => {
    const leave = events.on('tpv.offline', ({ tpvId }) => {
      if (tpvId !== id) return;
      leave();
      resolve();
    });
  });
}

/** A restaurant that has registered, and connects as soon as the administrator approves it. */
async function openOnceApproved({ events, open }: Stage): Promise<void> {
  const registered = Promise.withResolvers<void>();
  const admitted = (id: string) =>
    new Promise<void>((resolve) => {
      const leave = events.on('tpv.available', ({ tpvId }) => {
        if (tpvId !== id) return;
        leave();
        resolve();
      });
      registered.resolve();
    });
  open(WAITING, { admitted }).catch(registered.reject);
  await soon(registered.promise, `${WAITING} did not register`);
}

/** People who followed a restaurant's link into the bot. */
async function guests<T extends readonly Parameters<Stage['emulator']['person']>[0][]>(
  stage: Stage,
  tpvId: string,
  profiles: readonly [...T],
): Promise<{ [K in keyof T]: Person }> {
  const { join_code: code } = await stage.operator.get<TpvDetail>(`/api/admin/tpvs/${tpvId}`);
  const people: Person[] = [];
  for (const profile of profiles) {
    const person = stage.emulator.person({ ...profile, language_code: 'es' });
    await say(stage, person, `/start ${code}`, 'replied');
    people.push(person);
  }
  // One for each profile, in their order.
  return people as { [K in keyof T]: Person };
}

async function say({ timeline }: Stage, person: Person, text: string, last: StepKind): Promise<void> {
  const story = timeline.storyOf(person.send(text));
  if (story !== undefined) await timeline.waitFor(story, last, STEP_MS);
}

/** Resolves when the offer is in the chat, and was answered by its button where that is pressed. */
async function order(stage: Stage, person: Person, said: string, pressed?: typeof CONFIRM): Promise<void> {
  await say(stage, person, said, 'completed');
  // What the hub says to a new person has buttons too.
  const offers = ({ reply_markup: markup }: Message) =>
    markup?.inline_keyboard.flat().some(({ text }) => text === CONFIRM) === true;
  const offer = await person.waitForMessage(offers, STEP_MS);
  if (pressed !== undefined) await person.press(offer.message_id, pressed).answered;
}

/** A message to a person that arrives, and whose answer gets lost: the hub can't know which of the two it was. */
async function loseAnswer({ emulator, events, operator }: Stage, person: Person, text: string): Promise<void> {
  const unknown = Promise.withResolvers<void>();
  const leave = events.on('push.settled', ({ status }) => {
    if (status === 'unknown') unknown.resolve();
  });
  try {
    emulator.fail({ method: 'sendMessage', chatId: person.id, times: 1, how: { kind: 'reset_after' } });
    await operator.change('POST', `/api/admin/users/${person.id}/messages`, { text });
    await soon(unknown.promise, 'The message whose answer got lost did not become unknown');
  } finally {
    leave();
  }
}

/** @throws Error that says what is missing, instead of a wait without end */
async function soon(coming: Promise<void>, missing: string): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`${missing} within ${STEP_MS / 1_000} s.`)), STEP_MS);
  try {
    await Promise.race([coming, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
