import type { VNode } from 'preact';
import { actions } from '../words/actions.ts';
import { Copy } from './copy.tsx';

/** Something that is shown this once. */
export function Secret({ label, value, note }: { label: string; value: string; note?: string }): VNode {
  return (
    <div class="secret">
      <div class="secret-label">{label}</div>
      <div class="secret-value">
        <code>{value}</code>
        <Copy text={value} label={label}>
          {actions.copy}
        </Copy>
      </div>
      {note !== undefined && <p class="muted">{note}</p>}
    </div>
  );
}
