import { z } from 'zod';
import { Refusal } from './refusal.ts';

/** Something beside Telegram that the chat page lets its visitor choose, such as how a restaurant's TPV does. */
export interface Choice {
  /** Of what it is. */
  readonly label: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
  current(): string;
  choose(value: string): Promise<void>;
}

/** A choice as the page reads it. */
export interface ShownChoice extends Pick<Choice, 'label' | 'options'> {
  current: string;
}

const wanted = z.object({ value: z.string().max(100) });

export function shownChoice(choice: Choice | undefined): ShownChoice | null {
  return choice === undefined ? null : { label: choice.label, options: choice.options, current: choice.current() };
}

/** Does what the page asks for. @throws Refusal if there is no such choice */
export async function choose(choice: Choice | undefined, body: unknown): Promise<ShownChoice | null> {
  const { value } = wanted.parse(body);
  if (choice === undefined || choice.options.every((option) => option.value !== value)) {
    throw new Refusal(404, 'No existe esa opción.');
  }
  await choice.choose(value);
  return shownChoice(choice);
}
