import { signal } from '@preact/signals';

/** Something waits for the person to prove who they are; called with whether they did. */
export const proofAsked = signal<((given: boolean) => void) | undefined>(undefined);

let waiting: Promise<boolean> | undefined;

/** Asks the person to prove who they are; what asks meanwhile shares the answer. */
export function askProof(): Promise<boolean> {
  waiting ??= new Promise<boolean>((resolve) => {
    proofAsked.value = (given) => {
      proofAsked.value = undefined;
      waiting = undefined;
      resolve(given);
    };
  });
  return waiting;
}
