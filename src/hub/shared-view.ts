import { PendingChanges } from '../admin/live-changes.ts';
import type { LiveFeed } from '../admin/live-feed.ts';
import type { RecentTpvs } from '../admin/overview/recent-tpvs.ts';
import type { Cancel } from '../clock.ts';
import { CHANGED } from '../events.ts';
import type { Activity } from '../observability/activity/activity.ts';
import { type Figures, figures as figuresShape } from '../observability/activity/figures.ts';
import type { Ground } from './ground.ts';

export interface SharedViewPorts extends Pick<Ground, 'cluster' | 'events' | 'clock'> {
  activity: Pick<Activity, 'figures'>;
  pushesPausedUntil(): number | undefined;
  feed: Pick<LiveFeed, 'changedElsewhere'>;
  /** TPVs to which something happens that is an alarm. */
  recent: Readonly<Record<'tpv.key_shared' | 'tpv.quota_reached', Pick<RecentTpvs, 'happened'>>>;
}

/** Where several hubs share the database: what the panel at one of them shows of the others. */
export interface SharedView {
  /** Somebody looks at this hub's panel. */
  watched(): void;
  /** What the others said of themselves lately. */
  figures(): readonly Figures[];
}

/** A hub at which somebody looks says so this often … */
const WATCHED_AGAIN_MS = 5_000;
/** … and the others tell what changes for this long. */
const TELLS_FOR_MS = 15_000;
const GATHERED_MS = 250;
const FIGURES_INTERVAL_MS = 2_000;
/** Figures of a hub that told none since are forgotten. */
const FIGURES_LIFE_MS = 10_000;
/** Ids of one hint, so that it fits into a message of PostgreSQL (cluster/hints.ts). */
const IDS_OF_A_HINT = 100;

const ALONE: SharedView = { watched() {}, figures: () => [] };

/**
 * While an administrator has the panel of another hub open, tells that hub which rows change here and this hub's figures;
 * takes rows and figures from the other hubs. While nobody has a panel open, no hub tells or gathers rows and figures.
 * @param ends gets its end
 */
export function startSharedView(ports: SharedViewPorts, ends: AsyncDisposableStack): SharedView {
  const { cluster, events, clock, activity, feed, recent } = ports;
  if (!cluster.isShared) return ALONE;
  const known = new Map<string, { figures: Figures; at: number }>();
  const changes = new PendingChanges();
  let saidAt = Number.NEGATIVE_INFINITY;
  let tellsUntil = Number.NEGATIVE_INFINITY;
  /** Ends what runs while this hub tells. */
  let telling: Cancel[] = [];

  const stopTelling = () => {
    for (const cancel of telling) cancel();
    telling = [];
    changes.take();
  };
  const tellChanges = () => {
    if (changes.isEmpty) return;
    const { more, ...ids } = changes.take();
    for (const what of CHANGED) {
      const all = ids[what] ?? [];
      const isMore = more.includes(what);
      for (let at = 0; at < all.length; at += IDS_OF_A_HINT) {
        cluster.tell({ kind: 'changed', what, ids: all.slice(at, at + IDS_OF_A_HINT), more: isMore });
      }
    }
  };
  const tellFigures = () => {
    if (clock.elapsed() >= tellsUntil) return stopTelling();
    cluster.tell({ kind: 'figures', hubId: cluster.id, figures: activity.figures(ports.pushesPausedUntil()) });
  };
  const tell = () => {
    tellsUntil = clock.elapsed() + TELLS_FOR_MS;
    if (telling.length > 0) return;
    telling = [
      events.on('changed', ({ what, id }) => changes.add(what, id)),
      clock.every(GATHERED_MS, tellChanges),
      clock.every(FIGURES_INTERVAL_MS, tellFigures),
    ];
    tellFigures();
  };

  const cancels = [
    cluster.on('watched', tell),
    cluster.on('changed', ({ what, ids, more }) => feed.changedElsewhere(what, ids, more)),
    cluster.on('figures', ({ hubId, figures }) => {
      const { data } = figuresShape.safeParse(figures);
      if (data !== undefined) known.set(hubId, { figures: data, at: clock.elapsed() });
    }),
    cluster.on('tpv', ({ what, tpvId }) => recent[what].happened(tpvId)),
    // What the others told meanwhile may be lost.
    cluster.onGap(() => {
      for (const what of CHANGED) feed.changedElsewhere(what, [], true);
    }),
    events.on('tpv.key_shared', ({ tpvId }) => cluster.tell({ kind: 'tpv', what: 'tpv.key_shared', tpvId })),
    events.on('tpv.quota_reached', ({ tpvId }) => cluster.tell({ kind: 'tpv', what: 'tpv.quota_reached', tpvId })),
  ];
  ends.defer(() => {
    stopTelling();
    for (const cancel of cancels) cancel();
  });
  return {
    watched() {
      if (clock.elapsed() - saidAt < WATCHED_AGAIN_MS) return;
      saidAt = clock.elapsed();
      cluster.tell({ kind: 'watched' });
    },
    figures() {
      const oldest = clock.elapsed() - FIGURES_LIFE_MS;
      for (const [hubId, { at }] of known) if (at < oldest) known.delete(hubId);
      return [...known.values()].map(({ figures }) => figures);
    },
  };
}
