import { effect, type Signal, signal } from '@preact/signals';

/** A choice that this device remembers; until one is made it is the first. Lives as long as the panel does. */
export function keptChoice<Choice extends string>(
  storedAs: string,
  choices: readonly [Choice, ...Choice[]],
): Signal<Choice> {
  const kept = stored(storedAs);
  const choice = signal(choices.find((one) => one === kept) ?? choices[0]);
  effect(() => {
    try {
      localStorage.setItem(storedAs, choice.value);
    } catch {
      // A browser that keeps nothing begins anew each time.
    }
  });
  return choice;
}

function stored(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}
