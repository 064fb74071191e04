import { matching, telegramId } from '#protocol';
import type { Words } from '../../wording/wording.ts';

/** A person's id in an address, as the number that it is. */
export const telegramIdText = matching<Words>(/^\d{1,16}$/, (say) => say.telegramId)
  .transform(Number)
  .pipe(telegramId);
