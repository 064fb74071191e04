import type { ComponentChildren, VNode } from 'preact';
import { milliseconds } from '../format.ts';
import type { IconName } from '../icons.ts';
import { Icon } from './icon.tsx';
import type { Tone } from './note.tsx';
import { Time } from './time.tsx';

export interface TimelineItem {
  key: string;
  at: string;
  tone?: Tone;
  icon?: IconName;
  title: ComponentChildren;
  body?: ComponentChildren;
  /** How long after the step before it. */
  after_ms?: number | null;
}

/** What happened, one thing after the other. */
export function Timeline({ label, items }: { label: string; items: readonly TimelineItem[] }): VNode {
  return (
    <ol class="timeline" aria-label={label}>
      {items.map(({ key, at, tone = 'plain', icon, title, body, after_ms }) => (
        <li key={key} class={tone}>
          <span class="timeline-mark">{icon !== undefined && <Icon name={icon} />}</span>
          <div class="timeline-head">
            <span class="timeline-title">{title}</span>
            <span class="timeline-time">
              {typeof after_ms === 'number' && <span class="after">+{milliseconds(after_ms)}</span>}
              <Time at={at} />
            </span>
          </div>
          {body !== undefined && <div class="timeline-body">{body}</div>}
        </li>
      ))}
    </ol>
  );
}
