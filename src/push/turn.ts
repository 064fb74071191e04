import { type Clock, pause } from '../clock.ts';
import { Pace } from '../pace.ts';
import type { ChatQueue } from './queue.ts';
import { OVERALL } from './rate.ts';
import type { SendPause } from './send-pause.ts';

export interface TurnPorts {
  clock: Clock;
  sendPause: SendPause;
  queue: Pick<ChatQueue, 'taken'>;
  /** Aborted when nothing new may leave. */
  stopping: AbortSignal;
}

/** When the next request of all may leave: within Telegram's limit, and not while it asked for a pause. */
export class Turn {
  readonly #ports: TurnPorts;
  readonly #overall = new Pace(OVERALL);

  constructor(ports: TurnPorts) {
    this.#ports = ports;
  }

  /** @returns whether it came, and is taken: not if nothing may leave any more */
  async comes(chatId: number): Promise<boolean> {
    const { clock, sendPause, queue, stopping } = this.#ports;
    while (!stopping.aborted) {
      const now = clock.elapsed();
      const at = Math.max(sendPause.until, this.#overall.readyAt());
      if (at > now) await pause(clock, Math.ceil(at - now), stopping);
      else if (!sendPause.leaves(chatId)) await sendPause.changed();
      else {
        this.#overall.taken(now);
        queue.taken(chatId, now);
        return true;
      }
    }
    return false;
  }
}
