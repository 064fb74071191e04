import { html } from 'htm/preact';
import type { TpvDetail } from '../../src/admin/schemas/tpvs.ts';
import { Card } from '../components/card.ts';
import { JsonText } from '../components/json-text.ts';
import { Loaded } from '../components/loaded.ts';
import { Page } from '../components/page.ts';
import { useResource } from '../resource.ts';
import type { PageProps } from '../router.ts';
import { canChange } from '../session.ts';
import { tpvWords as words } from '../words/tpv.ts';
import { Connection } from './tpv/connection.ts';
import { Counts } from './tpv/counts.ts';
import { Facts } from './tpv/facts.ts';
import { JoinLink } from './tpv/join-link.ts';
import { Keys } from './tpv/keys.ts';
import { Plots } from './tpv/plots.ts';
import { Removal } from './tpv/removal.ts';
import { TpvActions } from './tpv/tpv-actions.ts';

/** One TPV: how it is, who it serves, and everything that an administrator does with it. */
export function TpvPage({ params }: PageProps) {
  const id = params.id ?? '';
  const resource = useResource<TpvDetail>(`/api/admin/tpvs/${id}`, { kinds: ['tpv'], ids: [id] });
  const tpv = resource.value;
  const actions = tpv && canChange.value ? html`<${TpvActions} tpv=${tpv} reload=${resource.reload} />` : undefined;
  return html`
    <${Page} title=${tpv?.name ?? words.title} back=${{ href: '/admin/tpvs', label: words.back }} actions=${actions}>
      <${Loaded} resource=${resource}>
        ${(loaded: TpvDetail) => html`
          <div class="columns">
            <div class="stack">
              <${Facts} tpv=${loaded} />
              <${Connection} tpv=${loaded} />
              <${Counts} tpv=${loaded} />
            </div>
            <div class="stack">
              <${JoinLink} tpv=${loaded} reload=${resource.reload} />
              <${Keys} tpv=${loaded} reload=${resource.reload} />
            </div>
          </div>
          <${Plots} id=${id} />
          ${
            Object.keys(loaded.metadata).length === 0
              ? null
              : html`
                  <${Card} title=${words.metadata}>
                    <${JsonText} value=${loaded.metadata} label=${words.metadataCopy} />
                  <//>
                `
          }
          ${canChange.value ? html`<${Removal} tpv=${loaded} />` : null}
        `}
      <//>
    <//>
  `;
}
