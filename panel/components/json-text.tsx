import { Code } from './code.tsx';
import { Copy } from './copy.tsx';

/** A value as readable JSON, with a button that copies it. `label` says what is copied. */
export function JsonText({ value, label }: { value: unknown; label: string }) {
  const text = JSON.stringify(value, null, 2);
  return (
    <div class="json-text">
      <Code block wrap>
        {text}
      </Code>
      <Copy text={text} label={label} />
    </div>
  );
}
