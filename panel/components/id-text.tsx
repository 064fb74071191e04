import { Code } from './code.tsx';
import { Copy } from './copy.tsx';

/** An id with a button that copies it. `label` says what is copied. */
export function IdText({ id, label }: { id: string; label: string }) {
  return (
    <span class="id-text">
      <Code wrap>{id}</Code>
      <Copy text={id} label={label} />
    </span>
  );
}
