import type { ComponentChildren, VNode } from 'preact';
import { actions } from '../words/actions.ts';
import { copyWords } from '../words/copy.ts';
import { Button } from './button.tsx';
import { notify } from './toast.tsx';

/** Puts `text` into the clipboard. */
export function Copy({ text, label, children }: { text: string; label?: string; children?: ComponentChildren }): VNode {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      notify(copyWords.copied(label));
    } catch {
      // No clipboard without HTTPS, or the person said no.
      notify(copyWords.failed, 'bad');
    }
  };
  return (
    <Button
      kind="quiet"
      size="small"
      icon="copy"
      label={label === undefined ? actions.copy : copyWords.copy(label)}
      onClick={copy}
    >
      {children}
    </Button>
  );
}
