import * as spanish from './es/quarantine.ts';
import { worded } from './language.ts';

export const quarantineWords = worded('quarantineWords', spanish.quarantineWords);
export const quarantineReasons = worded('quarantineReasons', spanish.quarantineReasons);

/** Why an update was put aside, for who reads it here; a reason that is not known is shown as it is. */
export function reasonText(reason: string): string {
  const { known, places, message, membership } = quarantineReasons;
  const chat = /^(message|membership) in a (\w+)$/.exec(reason);
  if (chat === null) return named(known, reason);
  const [, what, type = ''] = chat;
  return (what === 'message' ? message : membership)(named(places, type));
}

function named(names: Readonly<Record<string, string>>, name: string): string {
  return Object.hasOwn(names, name) ? (names[name] ?? name) : name;
}
