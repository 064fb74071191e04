import type { VNode } from 'preact';
import type { Overview } from '../../../src/admin/schemas/overview.ts';
import { Num } from '../../components/num.tsx';
import { Tile } from '../../components/tile.tsx';
import { clock, decimal, milliseconds, number, relative } from '../../format.ts';
import { overviewWords as words } from '../../words/overview.ts';

/** The figures of now. */
export function OverviewTiles({ overview }: { overview: Overview }): VNode {
  const { tpvs, users, per_minute: perMinute, backlog, delivery } = overview;
  const missing = tpvs.active - tpvs.online;
  return (
    <section class="tiles" aria-label={words.tiles}>
      <Tile
        label={words.tpvs}
        icon="tpv"
        href="/admin/tpvs"
        tone={missing > 0 ? 'warn' : 'plain'}
        value={
          <>
            {number(tpvs.online)} <small>{words.ofTotal(number(tpvs.active))}</small>
          </>
        }
        detail={tpvs.active === 0 ? words.noTpvs : words.transports(number(tpvs.by_socket), number(tpvs.by_poll))}
      />
      <Tile
        label={words.backlog}
        icon="clock"
        href={backlog.oldest === null ? '/admin/instrucciones' : `/admin/instrucciones/${backlog.oldest.id}`}
        value={number(backlog.waiting)}
        detail={[
          words.inFlight(number(backlog.in_flight)),
          backlog.oldest === null ? words.nothingWaits : words.oldest(relative(backlog.oldest.created_at)),
        ].join(' · ')}
      />
      <Tile
        label={words.latency}
        icon="socket"
        value={<Num value={delivery.p50_ms} unit="ms" />}
        detail={
          delivery.p99_ms === null
            ? words.latencyNone
            : [
                words.median,
                words.p99(milliseconds(delivery.p99_ms)),
                words.latencyWindow(milliseconds(delivery.window_seconds * 1_000)),
              ].join(' · ')
        }
      />
      <Tile
        label={words.throughput}
        icon="down"
        href="/admin/instrucciones"
        value={number(perMinute.updates)}
        detail={words.perMinute(number(perMinute.instructions), number(perMinute.completed))}
      />
      <PushTile overview={overview} />
      <Tile
        label={words.failures}
        icon="warn"
        href="/admin/instrucciones?status=failed"
        tone={perMinute.failed > 0 ? 'bad' : 'plain'}
        value={number(perMinute.failed)}
        detail={words.failedPushes(number(overview.push.failed_last_hour))}
      />
      <Tile
        label={words.users}
        icon="people"
        href={users.unassigned > 0 ? '/admin/personas?assigned=false' : '/admin/personas'}
        value={number(users.total)}
        detail={users.unassigned > 0 ? words.unassigned(number(users.unassigned)) : words.allAssigned}
      />
      <WebhookTile webhook={overview.webhook} />
    </section>
  );
}

const WEBHOOK_TONES = { ok: 'good', broken: 'bad', unknown: 'plain' } as const;

function WebhookTile({ webhook: { mode, state, checked_at: checkedAt } }: { webhook: Overview['webhook'] }): VNode {
  const facts: string[] = [words.webhookModes[mode]];
  if (checkedAt !== null) facts.push(words.webhookChecked(relative(checkedAt)));
  return (
    <Tile
      label={words.webhook}
      icon="plug"
      href="/admin/webhook"
      tone={WEBHOOK_TONES[state]}
      value={words.webhookStates[state]}
      detail={facts.join(' · ')}
    />
  );
}

function PushTile({ overview }: { overview: Overview }): VNode {
  const { push, per_minute: perMinute } = overview;
  const facts = [words.pushQueue(number(push.queued), decimal(push.per_second))];
  if (push.paused_until !== null) facts.push(words.paused(clock(push.paused_until)));
  if (push.unknown > 0) facts.push(words.unknownPushes(number(push.unknown)));
  return (
    <Tile
      label={words.pushes}
      icon="send"
      href={push.unknown > 0 ? '/admin/mensajes?status=unknown' : '/admin/mensajes'}
      tone={push.paused_until !== null || push.unknown > 0 ? 'warn' : 'plain'}
      value={number(perMinute.pushes)}
      detail={facts.join(' · ')}
    />
  );
}
