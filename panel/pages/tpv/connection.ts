import { html } from 'htm/preact';
import type { TpvDetail } from '../../../src/admin/schemas/tpvs.ts';
import { Card } from '../../components/card.ts';
import { Code } from '../../components/code.ts';
import { KeyValue } from '../../components/key-value.ts';
import { Time } from '../../components/time.ts';
import { number } from '../../format.ts';
import { canChange } from '../../session.ts';
import { transports } from '../../words/states.ts';
import { tpvWords } from '../../words/tpv.ts';
import { ConnectionTest } from './connection-test.ts';

const words = tpvWords.connection;

/** How a TPV is connected now, and a test of it. */
export function Connection({ tpv }: { tpv: TpvDetail }) {
  return html`
    <${Card} title=${words.title}>
      ${tpv.is_online ? html`<${Online} tpv=${tpv} />` : html`<p class="muted">${words.offline}</p>`}
      ${canChange.value && tpv.state === 'active' ? html`<${ConnectionTest} tpv=${tpv} />` : null}
    <//>
  `;
}

function Online({ tpv }: { tpv: TpvDetail }) {
  const { connection, transport } = tpv;
  const name = transport === null ? undefined : transports[transport];
  if (connection === null) {
    return html`
      <${KeyValue}
        rows=${[[words.transport, name], [words.lastSignal, html`<${Time} at=${tpv.last_heartbeat} />`]]}
      />
      <p class="muted">${transport === 'socket' ? words.elsewhere : words.poll}</p>
    `;
  }
  const inFlight = words.inFlightOf(number(connection.in_flight), number(connection.max_in_flight));
  return html`
    <${KeyValue}
      rows=${[
        [words.transport, name],
        [words.since, html`<${Time} at=${connection.since} />`],
        [words.address, html`<${Code} wrap>${connection.address}<//>`],
        [words.inFlight, inFlight],
      ]}
    />
  `;
}
