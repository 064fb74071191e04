import { at } from '../address.ts';
import { Loaded } from '../components/loaded.tsx';
import { MaintenanceCard } from '../components/maintenance-card.tsx';
import { Page } from '../components/page.tsx';
import { useResource } from '../resource.ts';
import { settingsWords as words } from '../words/settings.ts';
import { Choice } from './settings/choice.tsx';
import { Origins } from './settings/origins.tsx';
import { Retention } from './settings/retention.tsx';
import { Texts } from './settings/texts.tsx';

/** What can be changed while the hub runs. */
export function SettingsPage() {
  const resource = useResource(at('/api/admin/settings'), { kinds: ['setting'] });
  return (
    <Page title={words.title} lead={words.lead}>
      <Loaded resource={resource}>
        {(settings) => (
          <>
            <div class="columns">
              <Choice
                name="routing_strategy"
                words={words.strategy}
                setting={settings.routing_strategy}
                reload={resource.reload}
              />
              <Retention setting={settings.retention_days} reload={resource.reload} />
              <Choice
                name="push_if_unknown"
                words={words.ifUnknown}
                setting={settings.push_if_unknown}
                reload={resource.reload}
              />
              <Origins
                name="cors_allowed_origins"
                words={words.origins.cors}
                setting={settings.cors_allowed_origins}
                reload={resource.reload}
              />
              <Origins
                name="callback_allowed_origins"
                words={words.origins.callback}
                setting={settings.callback_allowed_origins}
                reload={resource.reload}
              />
              <MaintenanceCard />
            </div>
            <Texts />
          </>
        )}
      </Loaded>
    </Page>
  );
}
