import type { SettingsChange } from '../../../src/admin/schemas/settings.ts';
import { type Action, useAction } from '../../action.ts';
import { send } from '../../api.ts';
import { notify } from '../../components/toast.tsx';
import { settingsWords as words } from '../../words/settings.ts';

/** Saves some of the settings, says so, and shows them as they are then. */
export function useSettingsChange(reload: () => void): Action<[SettingsChange]> {
  return useAction(async (change: SettingsChange) => {
    await send('PATCH', '/api/admin/settings', change);
    notify(words.saved, 'good');
    reload();
  });
}
