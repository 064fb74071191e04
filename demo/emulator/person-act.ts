import { z } from 'zod';
import type { Person } from './person.ts';
import { Refusal } from './refusal.ts';

const messageId = z.int().min(1);
const text = z.string().trim().min(1).max(4096);
const latitude = z.number().min(-90).max(90);
const longitude = z.number().min(-180).max(180);
const acts = {
  messages: z.object({ text }),
  edit: z.object({ message_id: messageId, text }),
  press: z.object({ message_id: messageId, button: z.int().min(0).max(99) }),
  key: z.object({
    key: z.int().min(0).max(299),
    phone: z
      .string()
      .regex(/^\+?\d{5,15}$/)
      .optional(),
    place: z.object({ latitude, longitude }).optional(),
    data: z.string().max(4096).optional(),
  }),
  location: z.object({ latitude, longitude }),
  blocked: z.object({ blocked: z.boolean() }),
};

type Act = keyof typeof acts;

/** Whether the chat page may ask for this. */
export function isAct(act: string): act is Act {
  return Object.hasOwn(acts, act);
}

/**
 * Does what the chat page asked for in a person's name.
 *
 * @throws {z.ZodError} where the body isn't what the act takes
 * @throws {Refusal} 409 where the person can't do it now
 */
export function perform(person: Person, act: Act, body: unknown): object {
  const run = readAct(person, act, body);
  try {
    return run();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Refusal(409, `No se puede hacer ahora: ${reason}`, undefined, { cause: error });
  }
}

function readAct(person: Person, act: Act, body: unknown): () => object {
  switch (act) {
    case 'messages': {
      const message = acts.messages.parse(body);
      return () => ({ update_id: person.send(message.text) });
    }
    case 'edit': {
      const edit = acts.edit.parse(body);
      return () => ({ update_id: person.edit(edit.message_id, edit.text) });
    }
    case 'press': {
      const press = acts.press.parse(body);
      return () => ({ callback_query_id: person.press(press.message_id, press.button).callbackQueryId });
    }
    case 'key': {
      const { key, ...gives } = acts.key.parse(body);
      return () => ({ update_id: person.pressKey(key, gives) });
    }
    case 'location': {
      const { latitude, longitude } = acts.location.parse(body);
      return () => ({ update_id: person.sendLocation(latitude, longitude) });
    }
    case 'blocked': {
      const { blocked } = acts.blocked.parse(body);
      return () => ({ update_id: person.block(blocked) });
    }
    default:
      return act satisfies never;
  }
}
