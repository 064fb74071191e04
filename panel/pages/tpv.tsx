import { useState } from 'preact/hooks';
import { at } from '../address.ts';
import { Card } from '../components/card.tsx';
import { JsonText } from '../components/json-text.tsx';
import { Loaded } from '../components/loaded.tsx';
import { MaintenanceCard } from '../components/maintenance-card.tsx';
import { Page } from '../components/page.tsx';
import { useResource } from '../resource.ts';
import type { PageProps } from '../router.ts';
import { canChange, seesAll } from '../session.ts';
import { tpvWords as words } from '../words/tpv.ts';
import { Connection } from './tpv/connection.tsx';
import { Counts } from './tpv/counts.tsx';
import { Facts } from './tpv/facts.tsx';
import { JoinLink } from './tpv/join-link.tsx';
import { Keys } from './tpv/keys.tsx';
import { Plots } from './tpv/plots.tsx';
import { Removal } from './tpv/removal.tsx';
import { ServiceCard } from './tpv/service/service-card.tsx';
import { SigningSecret } from './tpv/signing-secret.tsx';
import { TestOrder } from './tpv/test-order.tsx';
import { TpvActions } from './tpv/tpv-actions.tsx';

/** One TPV: how it is, who it serves, and everything that an administrator does with it. */
export function TpvPage({ params }: PageProps) {
  const id = params.id ?? '';
  const [removing, setRemoving] = useState(false);
  const resource = useResource(at('/api/admin/tpvs/:id', { id }), { kinds: ['tpv'], ids: [id], paused: removing });
  const tpv = resource.value;
  const actions = tpv && canChange.value ? <TpvActions tpv={tpv} reload={resource.reload} /> : undefined;
  return (
    <Page title={tpv?.name ?? words.title} back={{ href: '/admin/tpvs', label: words.back }} actions={actions}>
      <Loaded resource={resource}>
        {(loaded) => (
          <>
            <div class="columns">
              <div class="stack">
                <Facts tpv={loaded} />
                <ServiceCard tpv={loaded} reload={resource.reload} />
                <Connection tpv={loaded} />
                {canChange.value && loaded.state === 'active' ? <TestOrder tpv={loaded} /> : null}
                <Counts tpv={loaded} />
              </div>
              <div class="stack">
                <JoinLink tpv={loaded} reload={resource.reload} />
                {seesAll.value ? (
                  <>
                    <Keys tpv={loaded} reload={resource.reload} />
                    <SigningSecret tpv={loaded} />
                    <MaintenanceCard tpv={loaded} />
                  </>
                ) : null}
              </div>
            </div>
            <Plots id={id} />
            {!seesAll.value || Object.keys(loaded.metadata).length === 0 ? null : (
              <Card title={words.metadata}>
                <JsonText value={loaded.metadata} label={words.metadataCopy} />
              </Card>
            )}
            {canChange.value ? <Removal tpv={loaded} onUnderWay={setRemoving} /> : null}
          </>
        )}
      </Loaded>
    </Page>
  );
}
