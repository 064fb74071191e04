import type { PushDetail } from '../../src/admin/schemas/pushes.ts';
import { at } from '../address.ts';
import { Card } from '../components/card.tsx';
import { Loaded } from '../components/loaded.tsx';
import { MessagePreview } from '../components/message-preview.tsx';
import { Page } from '../components/page.tsx';
import { PushBadge } from '../components/status.tsx';
import { Time } from '../components/time.tsx';
import { userName } from '../components/user-link.tsx';
import { useResource } from '../resource.ts';
import type { PageProps } from '../router.ts';
import { canChange } from '../session.ts';
import { pushWords as words } from '../words/push.ts';
import { Presses } from './push/presses.tsx';
import { PushActions } from './push/push-actions.tsx';
import { PushFacts } from './push/push-facts.tsx';
import { ResolveHere } from './push/resolve-here.tsx';

/** One message to a person: as they see it, how it went, and what they pressed. */
export function PushPage({ params }: PageProps) {
  const id = params.id ?? '';
  const resource = useResource(at('/api/admin/pushes/:id', { id }), {
    kinds: ['push'],
    ids: [id],
  });
  const push = resource.value;
  const actions = push && canChange.value ? <PushActions push={push} reload={resource.reload} /> : undefined;
  return (
    <Page
      title={push ? words.title(userName(push.user)) : words.name}
      lead={push ? <PushBadge status={push.status} /> : undefined}
      back={{ href: '/admin/mensajes', label: words.back }}
      actions={actions}
    >
      <Loaded resource={resource}>
        {(loaded) => (
          <>
            {loaded.status === 'unknown' ? <ResolveHere push={loaded} reload={resource.reload} /> : null}
            <div class="columns">
              <div class="stack">
                <Preview push={loaded} />
                {loaded.buttons.length > 0 || loaded.presses.length > 0 ? <Presses push={loaded} /> : null}
              </div>
              <PushFacts push={loaded} />
            </div>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Preview({ push }: { push: PushDetail }) {
  const markup = push.parse_mode === 'HTML' && !push.sent_as_plain;
  return (
    <Card title={words.bubble}>
      <MessagePreview message={push} markup={markup} meta={push.sent_at ? <Time at={push.sent_at} /> : null} />
      {push.sent_as_plain ? <p class="muted">{words.plain}</p> : null}
    </Card>
  );
}
