import { SPANISH, type Wording } from '../wording/wording.ts';

/** How a route words its refusals, by its pattern; undefined: a path that is none's. */
export type RouteWording = (route: string | undefined) => Wording;

/** What the panel asks for, and what only administrators call. */
const PANEL = /^\/(admin|api\/admin|webhook\/setup)\b/;

/**
 * The panel speaks Spanish alone.
 * @param wording the hub's, for all others
 */
export function routeWording(wording: Wording): RouteWording {
  return (route) => (route !== undefined && PANEL.test(route) ? SPANISH : wording);
}
