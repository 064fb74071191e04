import { ENGLISH, SPANISH, type Wording } from '../wording/wording.ts';

/** How a request is refused: by its route's pattern (undefined: a path that is none's), and by what its caller reads. */
export type RouteWording = (route: string | undefined, acceptLanguage?: string) => Wording;

/** What the panel asks for, and what only administrators call. */
const PANEL = /^\/(admin|api\/admin|webhook\/setup)\b/;

/**
 * The panel says in which language its account reads it; who says nothing there reads Spanish.
 * @param wording the hub's, for all others
 */
export function routeWording(wording: Wording): RouteWording {
  return (route, acceptLanguage) => {
    if (!isOfPanel(route)) return wording;
    return acceptLanguage === 'en' ? ENGLISH : SPANISH;
  };
}

/** Whether a route's refusals are worded as the panel's. */
export function isOfPanel(route: string | undefined): boolean {
  return route !== undefined && PANEL.test(route);
}
