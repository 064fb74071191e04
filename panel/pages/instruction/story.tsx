import type { InstructionDetail, InstructionStep } from '../../../src/admin/schemas/instructions.ts';
import { Card } from '../../components/card.tsx';
import type { Tone } from '../../components/note.tsx';
import { Timeline } from '../../components/timeline.tsx';
import { exact } from '../../format.ts';
import type { IconName } from '../../icons.ts';
import { instructionWords } from '../../words/instruction.ts';

const words = instructionWords.story;
const ICONS = {
  written: 'user',
  received: 'download',
  stored: 'list',
  handed_out: 'send',
  delivered: 'tpv',
  completed: 'check',
  failed: 'bad',
} as const satisfies Record<InstructionStep, IconName>;
const TONES: Partial<Record<InstructionStep, Tone>> = { completed: 'good', failed: 'bad' };

/** What happened to an instruction, with the time between the steps. */
export function Story({ steps }: { steps: InstructionDetail['steps'] }) {
  return (
    <Card title={words.title}>
      <StoryLine steps={steps} label={words.label} />
    </Card>
  );
}

/** The same, for a card that shows more. */
export function StoryLine({ steps, label }: { steps: InstructionDetail['steps']; label: string }) {
  return (
    <Timeline
      label={label}
      items={steps.map(({ step, at, after_ms }) => ({
        key: step,
        at,
        icon: ICONS[step],
        tone: TONES[step] ?? 'plain',
        title: words.steps[step],
        body: <small class="muted">{exact(at)}</small>,
        after_ms,
      }))}
    />
  );
}
