import { z } from 'zod';
import { Refusal } from './refusal.ts';

/** Something beside Telegram that the chat page lets its visitor choose, such as how a restaurant's TPV does. */
export interface Choice {
  /** Of what it is; each has its own. */
  readonly label: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
  /** An option is done at once, and none stays chosen: they are buttons, and `current` says how things stand. */
  readonly isAct?: boolean;
  current(): string;
  choose(value: string): Promise<void>;
}

const wanted = z.object({ label: z.string().max(100), value: z.string().max(100) });

/** Choices as the page reads them. */
export function shownChoices(choices: readonly Choice[]) {
  return choices.map((choice) => ({
    label: choice.label,
    options: choice.options,
    is_act: choice.isAct === true,
    current: choice.current(),
  }));
}

/** Does what the page asks for. @throws Refusal if there is no such choice */
export async function choose(choices: readonly Choice[], body: unknown): Promise<void> {
  const { label, value } = wanted.parse(body);
  const choice = choices.find((one) => one.label === label);
  if (choice === undefined || choice.options.every((option) => option.value !== value)) {
    throw new Refusal(404, 'No existe esa opción.');
  }
  await choice.choose(value);
}
