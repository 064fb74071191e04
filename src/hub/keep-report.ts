import { checkButtons } from '../buttons/create.ts';
import { inTurn } from '../db/in-turn.ts';
import { type KeepReport, type ReportPorts, report } from '../instructions/report.ts';
import type { Ground } from './ground.ts';
import type { Outbound } from './outbound.ts';

export interface KeepReportPorts extends Pick<Ground, 'db' | 'limits' | 'now'> {
  outbound: Pick<Outbound, 'replies' | 'isCallable'>;
  saying: ReportPorts['saying'];
}

/** Keeps reports; a button of a reply that could never work refuses its report before anything is written. */
export function reportKeeper({ db, limits, now, outbound, saying }: KeepReportPorts): KeepReport {
  const ports: ReportPorts = { db, settings: limits, replies: outbound.replies, saying };
  const turns = inTurn();
  let looking = 0;
  return (one) => {
    const { id, tpvId, reply } = one;
    if (reply?.buttons === undefined && looking === 0) return report(ports, one, now());
    // Looking up a button's origin takes its time; what is reported of the instruction after it must not overtake it.
    looking++;
    const kept = turns(id, async () => {
      await checkButtons(reply?.buttons, tpvId, outbound.isCallable, 'reply.buttons');
      return report(ports, one, now());
    });
    return kept.finally(() => looking--);
  };
}
