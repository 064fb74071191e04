import { useState } from 'preact/hooks';
import { connectWords as words } from '../words/first-steps.ts';
import { Code } from './code.tsx';
import { Copy } from './copy.tsx';

/** A program that connects, answers each message, and stays connected, by the client of its language. */
const LINES = {
  JavaScript: (url: string, key: string) => `import { answer, HubClient } from '@valletpv/hub-client';
const tpv = new HubClient({ url: '${url}', apiKey: '${key}' });
await tpv.on('process_message', ({ payload }) => answer(\`Recibido: \${payload.text}\`, { parse_mode: 'none' })).connect();`,
  Python: (url: string, key: string) => `from valletpv_hub import HubClient, answer
tpv = HubClient("${url}", "${key}")
tpv.on("process_message")(lambda order, _: answer(f"Recibido: {order.payload.text}", parse_mode="none")); tpv.run()`,
} as const;
type Language = keyof typeof LINES;
const LANGUAGES = Object.keys(LINES) as Language[];

/** Three lines with which a TPV connects to this hub, to be copied into its program. */
export function ConnectLines({ apiKey = words.key }: { apiKey?: string }) {
  const [language, setLanguage] = useState<Language>('JavaScript');
  const code = LINES[language](location.origin, apiKey);
  return (
    <div class="connect-lines">
      <div class="row">
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset has a legend to be seen, and here the buttons say it all. */}
        <div class="row grow" role="group" aria-label={words.label}>
          {LANGUAGES.map((one) => (
            <button
              key={one}
              type="button"
              class="toggle"
              aria-pressed={one === language}
              onClick={() => setLanguage(one)}
            >
              {one}
            </button>
          ))}
        </div>
        <Copy text={code} label={words.copy} />
      </div>
      <Code block wrap>
        {code}
      </Code>
    </div>
  );
}
