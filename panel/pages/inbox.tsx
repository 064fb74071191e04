import { useEffect, useRef } from 'preact/hooks';
import type { Conversation as Listed } from '../../src/admin/schemas/inbox.ts';
import { useAction } from '../action.ts';
import { at } from '../address.ts';
import { send } from '../api.ts';
import { Button } from '../components/button.tsx';
import { Empty } from '../components/empty.tsx';
import { Filters } from '../components/filters.tsx';
import { Page } from '../components/page.tsx';
import { notify } from '../components/toast.tsx';
import { TpvFilter } from '../components/tpv-filter.tsx';
import { Views } from '../components/views.tsx';
import { useKeys } from '../keys.ts';
import { useList } from '../list.ts';
import { onChanges, overview } from '../live.ts';
import { query } from '../router.ts';
import { seesAll } from '../session.ts';
import { inboxWords as words } from '../words/inbox.ts';
import { INBOX_PATH, InboxList } from './inbox/inbox-list.tsx';
import { moveInInbox } from './inbox/keys.ts';
import { OpenConversation } from './inbox/open-conversation.tsx';

const FIELDS = [{ name: 'q', label: words.search, kind: 'search' }] as const;

/** Where an operator works: who wrote, what was said, and who it is; on a phone one of the three at a time. */
export function InboxPage() {
  const open = query.value.get('persona') ?? undefined;
  const element = useRef<HTMLDivElement>(null);
  const list = useList(at('/api/admin/inbox'), {
    key: (row: Listed) => String(row.user.telegram_id),
    rank: (row: Listed) => row.at,
    kind: 'instruction',
    filters: ['view', 'q', 'tpv_id', 'assigned'],
  });
  useEffect(() => {
    const stops = [onChanges('push', list.reload), onChanges('user', list.reload)];
    return () => {
      for (const stop of stops) stop();
    };
  }, [list]);
  useKeys(element, moveInInbox);
  // A view changes what is listed, and not what is open.
  const kept: Record<string, string> = open === undefined ? {} : { persona: open };
  const unassigned = {
    label: words.views.unassigned,
    filters: { ...kept, assigned: 'false' },
    count: overview.value?.users.unassigned,
  };
  const row = list.rows.value.find(({ user }) => String(user.telegram_id) === open);
  return (
    <Page title={words.title} actions={<ReadAll onDone={list.reload} />}>
      <div class={open === undefined ? 'inbox' : 'inbox inbox-open'} ref={element}>
        <section class="inbox-side" aria-label={words.label}>
          <Views
            label={words.views.label}
            path={INBOX_PATH}
            views={[
              { label: words.views.all, filters: { ...kept } },
              { label: words.views.unanswered, filters: { ...kept, view: 'unanswered' } },
              { label: words.views.waiting, filters: { ...kept, view: 'waiting' } },
              { label: words.views.failed, filters: { ...kept, view: 'failed' } },
              ...(seesAll.value ? [unassigned] : []),
            ]}
          />
          <Filters fields={FIELDS}>
            <TpvFilter />
          </Filters>
          <InboxList list={list} open={open} />
        </section>
        {open === undefined ? (
          <div class="inbox-none">
            <Empty icon="chats" title={words.choose.title}>
              <p>{words.choose.text}</p>
            </Empty>
          </div>
        ) : (
          <OpenConversation key={open} id={open} unread={row?.unread === true} onRead={list.reload} />
        )}
      </div>
    </Page>
  );
}

function ReadAll({ onDone }: { onDone(): void }) {
  const reading = useAction(async () => {
    await send('PUT', '/api/admin/inbox/read');
    notify(words.readAllDone, 'good');
    onDone();
  });
  const readAll = async () => {
    if (!(await reading.run())) notify(words.readAllFailed, 'bad');
  };
  return (
    <Button icon="check" busy={reading.busy} onClick={readAll}>
      {words.readAll}
    </Button>
  );
}
