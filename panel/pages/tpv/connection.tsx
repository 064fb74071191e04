import type { TpvDetail } from '../../../src/admin/schemas/tpvs.ts';
import { Card } from '../../components/card.tsx';
import { Code } from '../../components/code.tsx';
import { KeyValue } from '../../components/key-value.tsx';
import { Time } from '../../components/time.tsx';
import { number } from '../../format.ts';
import { canChange } from '../../session.ts';
import { transports } from '../../words/states.ts';
import { tpvWords } from '../../words/tpv.ts';
import { ConnectionTest } from './connection-test.tsx';

const words = tpvWords.connection;

/** How a TPV is connected now, or was, and a test of it. */
export function Connection({ tpv }: { tpv: TpvDetail }) {
  return (
    <Card title={words.title}>
      <Presence tpv={tpv} />
      {canChange.value && tpv.state === 'active' ? <ConnectionTest tpv={tpv} /> : null}
    </Card>
  );
}

function Presence({ tpv }: { tpv: TpvDetail }) {
  const { connection, other_hub: otherHub, transport } = tpv;
  const name = transport === null ? undefined : transports[transport];
  if (connection !== null) {
    const inFlight = words.inFlightOf(number(connection.in_flight), number(connection.max_in_flight));
    return (
      <KeyValue
        rows={[
          [words.transport, name],
          [words.since, <Time at={connection.since} />],
          [words.address, <Code wrap>{connection.address}</Code>],
          [words.inFlight, inFlight],
        ]}
      />
    );
  }
  if (otherHub !== null) {
    return (
      <KeyValue
        rows={[
          [words.transport, name],
          [words.since, <Time at={otherHub.since} />],
          [words.hub, otherHub.name],
        ]}
      />
    );
  }
  if (!tpv.is_online && tpv.presence_since === null) return <p class="muted">{words.never}</p>;
  return (
    <>
      <KeyValue
        rows={[
          [tpv.is_online ? words.online : words.offlineSince, <Time at={tpv.presence_since} />],
          [words.transport, name],
          [words.lastSignal, <Time at={tpv.last_heartbeat} />],
        ]}
      />
      <p class="muted">{hintOf(tpv)}</p>
    </>
  );
}

function hintOf({ is_online: isOnline, transport }: TpvDetail): string {
  if (!isOnline) return words.offline;
  return transport === 'socket' ? words.reconnecting : words.poll;
}
