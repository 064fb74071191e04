import { useState } from 'preact/hooks';
import type { TpvDetail, TpvTest } from '../../../src/admin/schemas/tpvs.ts';
import { useAction } from '../../action.ts';
import { send } from '../../api.ts';
import { Button } from '../../components/button.tsx';
import { ErrorBox } from '../../components/error-box.tsx';
import { Note } from '../../components/note.tsx';
import { milliseconds } from '../../format.ts';
import { tpvWords } from '../../words/tpv.ts';

const words = tpvWords.test;

/** Sends a test instruction, and says how long its round trip took. */
export function ConnectionTest({ tpv }: { tpv: TpvDetail }) {
  const [result, setResult] = useState<TpvTest | undefined>(undefined);
  const test = useAction(async () => {
    setResult(undefined);
    setResult(await send<TpvTest>('POST', `/api/admin/tpvs/${tpv.id}/test`));
  });
  return (
    <div class="stack">
      <div class="row">
        <Button icon="clock" busy={test.busy} onClick={test.run}>
          {test.busy ? words.running : words.run}
        </Button>
        <span class="muted grow">{words.hint}</span>
      </div>
      <div role="status">{result === undefined ? null : <TestResult result={result} />}</div>
      {test.error ? <ErrorBox error={test.error} /> : null}
    </div>
  );
}

function TestResult({ result }: { result: TpvTest }) {
  return (
    <Note tone={result.outcome === 'answered' ? 'good' : 'warn'}>
      {sentence(result)} <a href={`/admin/instrucciones/${result.instruction_id}`}>{words.story}</a>
    </Note>
  );
}

function sentence({ outcome, acknowledged_ms: acknowledged, completed_ms: completed }: TpvTest): string {
  if (outcome === 'offline') return words.offline;
  if (completed !== null) {
    if (acknowledged === null) return words.answeredOnly(milliseconds(completed));
    return words.answered(milliseconds(acknowledged), milliseconds(completed));
  }
  return acknowledged === null ? words.noAnswer : words.acknowledged(milliseconds(acknowledged));
}
