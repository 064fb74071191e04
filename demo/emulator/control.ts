import { randomInt } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Chats, Profile } from './chats.ts';
import { type Choice, choose, shownChoices } from './choice.ts';
import type { EventStreams } from './event-streams.ts';
import { sendFile } from './file-download.ts';
import type { FileStore } from './files.ts';
import { answerJson } from './json-answer.ts';
import { readBody } from './params.ts';
import type { Person } from './person.ts';
import { isAct, perform } from './person-act.ts';
import { Refusal } from './refusal.ts';
import { isPrivateHost } from './webhook.ts';

const name = z.string().trim().min(1).max(64);
const newPerson = z.object({
  id: z.int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
  first_name: name,
  last_name: name.optional(),
  username: z
    .string()
    .regex(/^[A-Za-z]\w{3,31}$/)
    .optional(),
  language_code: z
    .string()
    .regex(/^[a-z]{2}(-[A-Za-z]{2})?$/)
    .default('es'),
});
const file = z.object({
  kind: z.enum(['photo', 'document']),
  name: z.string().trim().min(1).max(200),
  caption: z.string().max(1024).default(''),
});
const turn = z.object({ off: z.boolean() });
// Anything else a browser could run in the page's name; it is saved instead of shown.
const shownTypes = /^image\/(png|jpeg|gif|webp)$/;

export interface ControlParts {
  chats: Chats;
  files: FileStore;
  streams: EventStreams;
  people: ReadonlyMap<number, Person>;
  personFor: (profile: Profile) => Person;
  /** Whether Telegram is off, and how to turn it. */
  telegram: { isOff: () => boolean; turn: (off: boolean) => void };
  offered: readonly Choice[];
}

/** The chat page's own endpoints, below `/_emulator/`. */
export class Control {
  readonly #parts: ControlParts;

  constructor(parts: ControlParts) {
    this.#parts = parts;
  }

  async answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    try {
      mustBeOwnPage(request);
      await this.#route(request, response, url);
    } catch (error) {
      if (error instanceof z.ZodError) {
        answerJson(response, 400, { error: 'Datos no válidos.', details: error.issues });
      } else if (error instanceof Refusal) {
        answerJson(response, error.code, { error: error.message });
      } else {
        throw error;
      }
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const { chats, files, streams, personFor, telegram, offered } = this.#parts;
    const [collection = '', id = '', act = ''] = url.pathname.split('/').slice(2);
    switch (`${request.method} ${collection}${id === '' ? '' : '/:id'}${act === '' ? '' : `/${act}`}`) {
      case 'GET events': {
        const person = url.searchParams.get('person');
        const watched = person === null ? undefined : this.#person(person);
        return streams.open(response, watched?.id, { messages: watched?.chat ?? [], keyboard: watched?.keyboard });
      }
      case 'GET telegram':
        return answerJson(response, 200, { off: telegram.isOff() });
      case 'POST telegram':
        telegram.turn(turn.parse(await readJson(request)).off);
        return answerJson(response, 200, { off: telegram.isOff() });
      case 'GET choices':
        return answerJson(response, 200, { choices: shownChoices(offered) });
      case 'POST choices':
        await choose(offered, await readJson(request));
        return answerJson(response, 200, { choices: shownChoices(offered) });
      case 'GET people':
        return answerJson(response, 200, {
          people: chats.people().map(({ person, blocked }) => ({ ...person, blocked })),
        });
      case 'POST people': {
        const profile = newPerson.parse(await readJson(request));
        const person = personFor({ ...profile, id: profile.id ?? randomInt(100_000_000, 2_000_000_000) });
        return answerJson(response, 201, { id: person.id });
      }
      case 'POST people/:id/files':
        return answerJson(response, 201, await this.#sendFile(request, this.#person(id), url.searchParams));
      case 'GET files/:id': {
        const stored = files.byId(id);
        if (stored === undefined) throw new Refusal(404, 'No existe ese archivo.');
        return sendFile(request, response, stored, shownHeaders(stored.upload.summary));
      }
      default:
        if (request.method !== 'POST' || collection !== 'people' || !isAct(act)) {
          throw new Refusal(404, 'No existe esa dirección.');
        }
        return answerJson(response, 201, perform(this.#person(id), act, await readJson(request)));
    }
  }

  async #sendFile(request: IncomingMessage, person: Person, query: URLSearchParams): Promise<object> {
    const { kind, name, caption } = file.parse(Object.fromEntries(query));
    const bytes = await readBody(request);
    if (bytes.length === 0) throw new Refusal(400, 'El archivo está vacío.');
    const mimeType = request.headers['content-type'] ?? 'application/octet-stream';
    const sent = { bytes, name, mimeType, caption };
    return { update_id: kind === 'photo' ? person.sendPhoto(sent) : person.sendDocument(sent) };
  }

  #person(id: string): Person {
    const person = this.#parts.people.get(Number(id));
    if (person === undefined) throw new Refusal(404, 'No existe esa persona.');
    return person;
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!(request.headers['content-type'] ?? '').startsWith('application/json')) {
    throw new Refusal(415, 'El cuerpo debe ser JSON.');
  }
  const body = await readBody(request, 64 * 1024);
  try {
    return JSON.parse(body.toString());
  } catch (error) {
    throw new Refusal(400, 'El cuerpo no es JSON válido.', undefined, { cause: error });
  }
}

/** Other web pages on this machine must not play a person: neither across origins nor through DNS rebinding. */
function mustBeOwnPage({ headers }: IncomingMessage): void {
  const host = headers.host ?? '';
  const own = URL.canParse(`http://${host}`) && isPrivateHost(new URL(`http://${host}`).hostname);
  const { origin } = headers;
  if (!own || (origin !== undefined && origin !== `http://${host}`)) {
    throw new Refusal(403, 'Solo la propia página puede usar esta dirección.');
  }
}

function shownHeaders({ file_name, mime_type }: { file_name: string; mime_type: string }): Record<string, string> {
  const shown = shownTypes.test(mime_type);
  const encoded = encodeURIComponent(file_name).replaceAll("'", '%27');
  return {
    'content-type': shown ? mime_type : 'application/octet-stream',
    'content-disposition': shown ? 'inline' : `attachment; filename*=UTF-8''${encoded}`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
  };
}
