import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { FirstSteps as Steps } from '../../../src/admin/schemas/first-steps.ts';
import { at } from '../../address.ts';
import { later } from '../../components/later.tsx';
import { keptChoice } from '../../kept-choice.ts';
import { useResource } from '../../resource.ts';

const FirstStepsCard = later(async () => (await import('./first-steps-card.tsx')).FirstStepsCard);

/** Whoever needs no help hides it for good on their device. */
const shown = keptChoice('valletpv-first-steps', ['yes', 'no']);
/** Once all is done nobody asks again. */
const finished = signal(false);

/** Whether each step is done, in their order. */
function stepsDone(steps: Steps): boolean[] {
  return [steps.person_wrote, steps.tpv_connected, steps.order_completed, steps.restaurant_invited];
}

/** What is left to do until a new hub works; nothing where all is done, or was hidden. */
export function FirstSteps() {
  const wanted = shown.value === 'yes' && !finished.value;
  const resource = useResource(wanted ? at('/api/admin/first-steps') : undefined, {
    kinds: ['tpv', 'user', 'instruction'],
  });
  const steps = resource.value;
  const done = steps === undefined ? [] : stepsDone(steps);
  const isOver = steps !== undefined && done.every(Boolean);
  useEffect(() => {
    if (isOver) finished.value = true;
  }, [isOver]);
  if (!wanted || steps === undefined || isOver) return null;
  const hide = () => {
    shown.value = 'no';
  };
  return <FirstStepsCard steps={steps} done={done} onHide={hide} />;
}
