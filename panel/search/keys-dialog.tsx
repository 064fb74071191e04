import { Dialog } from '../components/dialog.tsx';
import { letterKeys } from '../opened.ts';
import { keysWords as words } from '../words/keys.ts';

/** Which keys there are, and whether single letters are among them on this device. */
export function KeysDialog({ onClose }: { onClose(): void }) {
  const toggle = (event: Event & { currentTarget: HTMLInputElement }) => {
    letterKeys.value = event.currentTarget.checked ? 'on' : 'off';
  };
  return (
    <Dialog title={words.title} onClose={onClose}>
      <div class="stack">
        {words.groups.map(({ name, keys }) => (
          <section key={name} class="stack" aria-label={name}>
            <h3>{name}</h3>
            <dl class="keys">
              {keys.map(({ keys: names, does }) => (
                <div key={does}>
                  <dt>
                    {names.map((key, index) => (
                      <>
                        {index === 0 ? null : ` ${words.or} `}
                        <kbd>{key}</kbd>
                      </>
                    ))}
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <label class="row">
          <input type="checkbox" checked={letterKeys.value === 'on'} onChange={toggle} />
          {words.letters}
        </label>
        <p class="hint">{words.lettersHint}</p>
      </div>
    </Dialog>
  );
}
