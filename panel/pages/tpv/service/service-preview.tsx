import type { TpvService, TpvServiceChange } from '../../../../src/admin/schemas/service.ts';
import { Bubble } from '../../../components/bubble.tsx';
import { ErrorBox } from '../../../components/error-box.tsx';
import { ServiceBadge } from '../../../components/service-badge.tsx';
import { TelegramText } from '../../../components/telegram-text.tsx';
import { usePreview } from '../../../preview.ts';
import { serviceWords as words } from '../../../words/service.ts';

/** After the last key, the hub is asked so much later. */
const TYPING_PAUSE_MS = 250;

/** What people read: the sentence as a chat shows it. */
export function ServiceReading({ service }: { service: TpvService }) {
  if (service.text === null) return <p class="muted">{words.readsNothing}</p>;
  return (
    <div class="chat-paper">
      <Bubble side="in">
        <TelegramText text={service.text} markup />
      </Bubble>
    </div>
  );
}

/** @param change undefined: it is not whole yet */
export function ServicePreview({ tpvId, change }: { tpvId: string; change: TpvServiceChange | undefined }) {
  const path = `/api/admin/tpvs/${tpvId}/service/preview`;
  const { value, error } = usePreview<TpvService>('POST', path, change, TYPING_PAUSE_MS);
  return (
    <section class="stack" aria-label={words.readsThen} aria-live="polite">
      <p class="row muted">
        {words.readsThen} {value ? <ServiceBadge service={value} /> : null}
      </p>
      {value ? <ServiceReading service={value} /> : null}
      {error ? <ErrorBox error={error} /> : null}
    </section>
  );
}
