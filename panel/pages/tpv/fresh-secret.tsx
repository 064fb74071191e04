import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FormActions } from '../../components/form.tsx';
import { Secret } from '../../components/secret.tsx';
import { Time } from '../../components/time.tsx';
import { actions } from '../../words/actions.ts';

interface FreshSecretProps {
  words: { newTitle: string; newLabel: string; newNote: string; previous: string };
  value: string;
  /** Until when the one before is good; undefined if there was none. */
  previousUntil: string | undefined;
  onClose(): void;
}

/** Shows, this once, what a TPV is to use from now on. */
export function FreshSecret({ words, value, previousUntil, onClose }: FreshSecretProps) {
  return (
    <Dialog title={words.newTitle} onClose={onClose}>
      <Secret label={words.newLabel} value={value} note={words.newNote} />
      {previousUntil === undefined ? null : (
        <p>
          {words.previous} <Time at={previousUntil} exact />.
        </p>
      )}
      <FormActions>
        <Button kind="primary" onClick={onClose}>
          {actions.close}
        </Button>
      </FormActions>
    </Dialog>
  );
}
