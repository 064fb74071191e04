import type { Cancel, Clock } from '../clock.ts';
import type { Logger } from '../log/log.ts';
import { SystemdNotify } from './systemd-notify.ts';

/** What systemd hears from the hub that it started (sd_notify(3)); without systemd, nothing is sent. */
export interface ServiceManager {
  /**
   * The hub listens. From here on the watchdog is fed, twice in its time, while the event loop turns and `problems`
   * finds none; a hub that is stuck is then started anew.
   */
  ready(status: string, problems: () => Promise<readonly string[]>): void;
  /** The hub drains; resolves once systemd heard it, or can't. The last thing that is said. */
  stopping(): Promise<void>;
}

export interface ServiceManagerOptions {
  /** NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID as systemd sets them. */
  env: Readonly<Record<string, string | undefined>>;
  clock: Clock;
  log: Logger;
}

export function serviceManager({ env, clock, log }: ServiceManagerOptions): ServiceManager {
  const { NOTIFY_SOCKET: socket } = env;
  if (socket === undefined || socket === '') return { ready() {}, async stopping() {} };
  const messenger = new SystemdNotify(socket, env.PATH);
  const say = async (...words: string[]) => {
    const told = await Promise.all(words.map((word) => messenger.say(word)));
    if (told.includes(false)) log.warn({ words }, 'could not notify systemd');
  };
  let isStopping = false;
  const feed = async (problems: () => Promise<readonly string[]>) => {
    const found = await problems();
    if (isStopping) return;
    if (found.length === 0) await say('WATCHDOG=1');
    else log.warn({ problems: found }, 'did not feed the watchdog: systemd restarts a hub that stays so');
  };
  let stopFeeding: Cancel = () => {};

  return {
    ready(status, problems) {
      void say(`STATUS=${status}`, 'READY=1');
      const feedMs = feedIntervalMs(env);
      if (feedMs === undefined) return;
      let feeding = false;
      stopFeeding = clock.every(feedMs, () => {
        // A look that hangs is as bad as one that finds something: the watchdog stays hungry.
        if (feeding) return;
        feeding = true;
        feed(problems)
          .catch((err) => log.warn({ err }, 'did not feed the watchdog: systemd restarts a hub that stays so'))
          .finally(() => {
            feeding = false;
          });
      });
    },
    async stopping() {
      isStopping = true;
      stopFeeding();
      await say('STATUS=Draining', 'STOPPING=1');
      messenger.close();
    },
  };
}

/** Half of the watchdog's time; undefined if there is none, or it watches another process. */
function feedIntervalMs({ WATCHDOG_USEC, WATCHDOG_PID }: ServiceManagerOptions['env']): number | undefined {
  const watchdogMs = Number(WATCHDOG_USEC) / 1_000;
  if (!(watchdogMs >= 2)) return undefined;
  if (WATCHDOG_PID !== undefined && WATCHDOG_PID !== String(process.pid)) return undefined;
  return Math.floor(watchdogMs / 2);
}
