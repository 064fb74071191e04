import type { TpvDetail } from '../../../src/admin/schemas/tpvs.ts';
import { href } from '../../address.ts';
import { Card } from '../../components/card.tsx';
import { number } from '../../format.ts';
import { instructionStates } from '../../words/states.ts';
import { tpvWords } from '../../words/tpv.ts';

const words = tpvWords.counts;
const STATES = ['pending', 'sent', 'delivered', 'processing', 'completed', 'failed'] as const;

/** How many of a TPV's instructions are in each state; each leads to them. */
export function Counts({ tpv }: { tpv: TpvDetail }) {
  return (
    <Card title={words.title}>
      <ul class="counts">
        {STATES.map((status) => (
          <li key={status}>
            <a href={href('/admin/instrucciones', { tpv_id: tpv.id, status })}>
              <span class="counts-number">{number(tpv.counts[status])}</span>
              <span class="counts-label">{instructionStates[status]}</span>
            </a>
          </li>
        ))}
      </ul>
      <p class="row">
        <a href={href('/admin/instrucciones', { tpv_id: tpv.id })}>{words.all}</a>
        <a href={href('/admin/personas', { tpv_id: tpv.id })}>{words.people}</a>
        <a href={href('/admin/mensajes', { tpv_id: tpv.id })}>{words.pushes}</a>
      </p>
    </Card>
  );
}
