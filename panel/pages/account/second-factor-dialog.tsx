import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { RecoveryCodes, TotpStart } from '../../../src/admin/schemas/account.ts';
import { fieldError, useAction } from '../../action.ts';
import { send } from '../../api.ts';
import { Button } from '../../components/button.tsx';
import { Copy } from '../../components/copy.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Form, FormActions } from '../../components/form.tsx';
import { Note } from '../../components/note.tsx';
import { ProofDialog } from '../../components/proof-dialog.tsx';
import { Secret } from '../../components/secret.tsx';
import { TextField } from '../../components/text-field.tsx';
import { session } from '../../session.ts';
import { accountWords as words } from '../../words/account.ts';
import { actions } from '../../words/actions.ts';

/** Turns the second factor on, step by step: the password, the app's first code, the recovery codes. */
export function SecondFactorDialog({ onClose }: { onClose: () => void }): VNode {
  const [started, setStarted] = useState<TotpStart | undefined>(undefined);
  const [codes, setCodes] = useState<readonly string[] | undefined>(undefined);
  const start = async (password: string) => {
    setStarted(await send<TotpStart>('POST', '/api/admin/account/totp', { password }));
  };
  if (codes !== undefined) return <CodesDialog codes={codes} onClose={onClose} />;
  if (started !== undefined) return <ScanDialog started={started} onCodes={setCodes} onClose={onClose} />;
  return (
    <ProofDialog
      title={words.start}
      text={words.secondFactorWhy}
      confirm={actions.continue}
      onConfirm={start}
      onClose={onClose}
    />
  );
}

interface ScanDialogProps {
  started: TotpStart;
  onCodes: (codes: readonly string[]) => void;
  onClose: () => void;
}

function ScanDialog({ started, onCodes, onClose }: ScanDialogProps): VNode {
  const [code, setCode] = useState('');
  const confirm = useAction(async () => {
    const given = code.replaceAll(/\s/g, '');
    const { recovery_codes: codes } = await send<RecoveryCodes>('POST', '/api/admin/account/totp/confirm', {
      code: given,
    });
    if (session.value) session.value = { ...session.value, totp_enabled: true };
    onCodes(codes);
  });
  const picture = `data:image/svg+xml,${encodeURIComponent(started.qr_svg)}`;
  return (
    <Dialog title={words.start} onClose={onClose}>
      <p>{words.scan}</p>
      <img class="qr" src={picture} alt={words.qr} width="200" height="200" />
      <Secret label={words.byHand} value={started.secret} />
      <Form label={words.confirm} error={confirm.error} onSubmit={() => confirm.run()}>
        <TextField
          label={words.code}
          value={code}
          onInput={setCode}
          inputMode="numeric"
          autocomplete="one-time-code"
          required
          autofocus
          mono
          maxLength={10}
          error={fieldError(confirm.error, 'code')}
        />
        <FormActions>
          <Button onClick={onClose}>{actions.cancel}</Button>
          <Button kind="primary" type="submit" busy={confirm.busy}>
            {words.confirm}
          </Button>
        </FormActions>
      </Form>
    </Dialog>
  );
}

function CodesDialog({ codes, onClose }: { codes: readonly string[]; onClose: () => void }): VNode {
  const text = codes.join('\n');
  const file = `data:text/plain;charset=utf-8,${encodeURIComponent(`${text}\n`)}`;
  return (
    <Dialog
      title={words.recoveryTitle}
      actions={
        <>
          <Copy text={text} label={words.recoveryCodes}>
            {actions.copy}
          </Copy>
          <a class="button" href={file} download={words.recoveryFile}>
            {words.recoveryDownload}
          </a>
          <Button kind="primary" onClick={onClose}>
            {words.recoveryDone}
          </Button>
        </>
      }
    >
      <Note tone="warn">{words.recoveryText}</Note>
      <ol class="recovery" aria-label={words.recoveryTitle}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
    </Dialog>
  );
}
