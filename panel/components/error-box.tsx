import type { VNode } from 'preact';
import { asApiError } from '../action.ts';
import { actions } from '../words/actions.ts';
import { errorWords } from '../words/errors.ts';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';

/** Why something did not work, and the way to try it again. */
export function ErrorBox({ error, onRetry }: { error: unknown; onRetry?: () => void }): VNode {
  const { message, details } = asApiError(error);
  return (
    <div class="note bad" role="alert">
      <Icon name="bad" />
      <div>
        <div>{details.length > 0 ? errorWords.fields : message}</div>
        {details.length > 0 && (
          <ul>
            {details.map((fault) => (
              <li key={fault.path}>{fault.message}</li>
            ))}
          </ul>
        )}
        {onRetry && (
          <Button size="small" icon="refresh" onClick={onRetry}>
            {actions.retry}
          </Button>
        )}
      </div>
    </div>
  );
}
