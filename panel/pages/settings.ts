import { html } from 'htm/preact';
import type { Settings } from '../../src/admin/schemas/settings.ts';
import { Loaded } from '../components/loaded.ts';
import { Page } from '../components/page.ts';
import { useResource } from '../resource.ts';
import { settingsWords as words } from '../words/settings.ts';
import { Origins } from './settings/origins.ts';
import { Retention } from './settings/retention.ts';
import { Strategy } from './settings/strategy.ts';
import { Texts } from './settings/texts.ts';

/** What can be changed while the hub runs. */
export function SettingsPage() {
  const resource = useResource<Settings>('/api/admin/settings', { kinds: ['setting'] });
  return html`
    <${Page} title=${words.title} lead=${words.lead}>
      <${Loaded} resource=${resource}>
        ${(settings: Settings) => html`
          <div class="columns">
            <${Strategy} setting=${settings.routing_strategy} reload=${resource.reload} />
            <${Retention} setting=${settings.retention_days} reload=${resource.reload} />
            <${Origins} name="cors_allowed_origins" words=${words.origins.cors} setting=${settings.cors_allowed_origins} reload=${resource.reload} />
            <${Origins} name="callback_allowed_origins" words=${words.origins.callback} setting=${settings.callback_allowed_origins} reload=${resource.reload} />
          </div>
          <${Texts} texts=${settings.texts} reload=${resource.reload} />
        `}
      <//>
    <//>
  `;
}
