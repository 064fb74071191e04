import { type Cancel, nextTurn, pause, wallTime } from '../clock.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { EventSource } from '../events.ts';
import { personKey } from '../users/user.ts';
import { ChangeLane, type ChangeLanePorts } from './change-lane.ts';
import { Departure } from './departure.ts';
import { markLeaving } from './mark-leaving.ts';
import type { PushRow } from './message.ts';
import { FAULT_WAIT_MS, patientWrite } from './patient-write.ts';
import { Places } from './places.ts';
import { headOfChat } from './push-store.ts';
import { ChatQueue } from './queue.ts';
import { RemoteFiles, type RemoteFilesPorts } from './remote-files.ts';
import { SendPause } from './send-pause.ts';
import type { SendPort } from './send-port.ts';
import { Settlement, type SettlementPorts } from './settlement.ts';
import { Turn } from './turn.ts';
import { settleInterrupted, waitingChats } from './unfinished.ts';
import { Waiters } from './waiters.ts';

export interface DispatchPorts extends SettlementPorts, ChangeLanePorts, RemoteFilesPorts {
  events: EventSource;
  /** Of the hubs that share the database, one sends. */
  cluster: Pick<Cluster, 'isShared' | 'id' | 'term' | 'fenced'>;
  sender: SendPort;
}

/** In whose line its chat stands next; undefined: nothing waits. */
type Following = Pick<PushRow, 'tpv_id'> | undefined;

/** Requests to Telegram that may be under way at once. */
const MAX_UNDER_WAY = 60;
/** Of these, what has not left yet: it is read from the database, waits for its turn, or is being connected. */
const MAX_PREPARING = 4;
/** Past this, a request of a hub that led before has arrived, or never will. */
const INTERRUPTED_RESTS_MS = 15_000;

/**
 * Sends what waits: one at a time and in order per chat, within Telegram's limits, fair between TPVs. Rows are the
 * truth; a message is marked `sending` once it is connected and before a byte of it leaves, so that a crash never sends
 * it twice, and one while connecting leaves it `pending`.
 */
export class Dispatcher {
  /** Changes of what was sent; they leave in the same lanes, at the same pace. */
  readonly changes: ChangeLane;
  /** Who waits to see how a message goes. */
  readonly waiters: Waiters;
  readonly #ports: DispatchPorts;
  readonly #queue = new ChatQueue();
  readonly #sendPause: SendPause;
  readonly #turn: Turn;
  readonly #files: RemoteFiles;
  readonly #settlement: Settlement;
  readonly #underWay = new Set<Promise<void>>();
  readonly #preparing = new Places(MAX_PREPARING, () => this.#pump());
  /** Aborted when nothing new may leave … */
  readonly #stopping = new AbortController();
  /** … and when nothing may be written any more. */
  readonly #over = new AbortController();
  #started = false;
  #probing = false;
  #wake: Cancel | undefined;

  constructor(ports: DispatchPorts) {
    this.#ports = ports;
    this.#sendPause = new SendPause(ports.clock);
    const { signal: stopping } = this.#stopping;
    this.#turn = new Turn({ clock: ports.clock, sendPause: this.#sendPause, queue: this.#queue, stopping });
    this.waiters = new Waiters(ports);
    const write = patientWrite({ ...ports, sendPause: this.#sendPause, over: this.#over.signal });
    const wake = (chatId: number, tpvId: string | null) => {
      if (!this.#leads) return;
      this.#queue.add(chatId, tpvId);
      this.#pump();
    };
    this.#files = new RemoteFiles(ports, { write, wake });
    const state = { queue: this.#queue, sendPause: this.#sendPause, waiters: this.waiters, files: this.#files };
    this.#settlement = new Settlement(ports, state, write);
    this.changes = new ChangeLane(ports, { ...state, write, wake });
    ports.events.on('push.queued', ({ chatId, tpvId }) => wake(chatId, tpvId));
  }

  // Where several hubs share the database, the one that leads does it again now and then, for what it was not told of.
  /** Settles what the last process left half-way, and begins with what waits. */
  async start(): Promise<void> {
    const { db, cluster, clock } = this.#ports;
    const term = cluster.term('telegram');
    if (term === undefined) return;
    const interrupted = await settleInterrupted(db, cluster.isShared ? term : undefined);
    // The request of a hub that led before may still arrive, and nothing must overtake it.
    for (const chatId of cluster.isShared ? interrupted : []) {
      this.#queue.add(chatId, null);
      this.#queue.pause(chatId, clock.elapsed() + INTERRUPTED_RESTS_MS);
    }
    for (const chat of await waitingChats(db)) this.#queue.add(chat.chat_id, chat.tpv_id);
    await this.changes.start();
    this.#started = true;
    this.#pump();
  }

  /** Another hub says that the chat has something to send, or to change. */
  noticed(chatId: number, tpvId: string | null): void {
    if (!this.#leads) return;
    this.changes.noticed(chatId);
    this.#queue.add(chatId, tpvId);
    this.#pump();
  }

  /** Nothing leaves before this moment: Telegram's limit for all, or an outage; undefined if nothing holds it. */
  get pausedUntil(): number | undefined {
    const { clock } = this.#ports;
    const { until } = this.#sendPause;
    return until > clock.elapsed() ? wallTime(clock, until) : undefined;
  }

  /** Whether no message of the chat waits or is on its way, and none is kept from leaving. */
  isQuiet(chatId: number): boolean {
    return this.#mayBegin && this.pausedUntil === undefined && this.#queue.isQuiet(chatId, this.#ports.clock.elapsed());
  }

  /** The message as it stands once it is settled, or after `ms`; at once if it can't be settled until then. */
  settled(id: string, ms: number): Promise<PushRow | undefined> {
    return this.waiters.settled(id, ms);
  }

  /**
   * Nothing new leaves; resolves when what is under way was settled, or after `ms`. What still hangs then is `unknown`
   * at the next start.
   */
  async stop(ms: number): Promise<void> {
    this.#stopping.abort();
    this.#sendPause.end();
    this.#wake?.();
    const underWay = Promise.all([...this.#underWay, this.#files.stop()]);
    await Promise.race([underWay, pause(this.#ports.clock, ms, this.#over.signal)]);
    this.#over.abort();
    this.waiters.end();
    this.changes.end();
  }

  /** Begins with as many chats as may be under way, and asks for its next turn. */
  #pump(): void {
    this.#wake?.();
    this.#wake = undefined;
    while (this.#mayBegin) {
      const now = this.#ports.clock.elapsed();
      if (this.#sendPause.until > now) {
        this.#wakeAt(this.#sendPause.until, now);
        return;
      }
      if (this.#sendPause.closed) {
        this.#probe();
        return;
      }
      if (this.#underWay.size >= MAX_UNDER_WAY || this.#preparing.isFull) return;
      const next = this.#queue.next(now);
      if (!('chatId' in next)) {
        if (next.at !== undefined) this.#wakeAt(next.at, now);
        return;
      }
      const sent = this.#sendNext(next.chatId).finally(() => {
        this.#underWay.delete(sent);
        this.#pump();
      });
      this.#underWay.add(sent);
    }
  }

  /** Asks Telegram whether it works again. */
  #probe(): void {
    if (this.#probing) return;
    this.#probing = true;
    const probed = this.#ports.sender.probe().then((works) => {
      this.#probing = false;
      this.#underWay.delete(probed);
      this.#sendPause.probed(works);
      this.#pump();
    });
    this.#underWay.add(probed);
  }

  get #mayBegin(): boolean {
    return this.#started && !this.#stopping.signal.aborted && this.#leads;
  }

  get #leads(): boolean {
    return this.#ports.cluster.term('telegram') !== undefined;
  }

  #wakeAt(at: number, now: number): void {
    this.#wake = this.#ports.clock.after(Math.ceil(at - now), () => this.#pump());
  }

  /** Never rejects. */
  async #sendNext(chatId: number): Promise<void> {
    const { clock, onFault } = this.#ports;
    let following: Following;
    const prepared = this.#preparing.take();
    try {
      following = await this.#sendHead(chatId, prepared);
    } catch (error) {
      this.#sendPause.hold(FAULT_WAIT_MS);
      if (!this.#over.signal.aborted) onFault(error);
      // Whichever TPV's it is, the chat is looked at again.
      following = { tpv_id: null };
    } finally {
      prepared();
      this.#sendPause.unused(chatId);
      this.#queue.done(chatId, following && { tpvId: following.tpv_id }, clock.elapsed());
    }
  }

  /** @returns what follows in the chat, or waits in its place */
  async #sendHead(chatId: number, prepared: () => void): Promise<Following> {
    const { db, clock, sender } = this.#ports;
    const [head, second] = await db.query(headOfChat, { chatId });
    const change = await this.changes.head(chatId);
    if (change !== undefined && (head === undefined || change.asked_at <= head.queued_at)) {
      if (!(await this.#turn.comes(chatId))) return change;
      prepared();
      await this.changes.perform(change);
      return change;
    }
    if (head === undefined) return undefined;
    const waitMs = (head.not_before ?? 0) - clock.now();
    if (waitMs > 0) {
      this.#queue.pause(chatId, clock.elapsed() + waitMs);
      await nextTurn(); // thousands may wait so at a start, and SQLite reads without one
      return head;
    }
    if (await this.#settlement.outlived(head)) return second ?? change;
    const file = this.#files.look(head);
    if (file === 'fetching') return undefined;
    if (file !== undefined) return (await this.#settlement.keep(head, file)) ? head : (second ?? change);
    // Asked for last: a slow database would otherwise let many leave at once.
    if (!(await this.#turn.comes(chatId))) return head;
    const departure = new Departure(async () => {
      if (this.#stopping.signal.aborted) return undefined;
      const key = personKey(chatId);
      return (await db.transact((tx) => markLeaving(tx, this.#ports.cluster, head.id), { key }))[0];
    }, prepared);
    const outcome = await sender.send(head, () => departure.leave());
    const left = await departure.over();
    if (left === 'withdrawn') return head;
    const row = left ?? head;
    return (await this.#settlement.keep(row, outcome)) ? row : (second ?? change);
  }
}
