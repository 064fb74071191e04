import type { TpvDetail } from '../src/admin/schemas/tpvs.ts';
import type { Stage } from './stage.ts';

const OWN = 'Tu TPV';
/** Nothing calls it: no button of an own TPV has a URL unless its author says so. */
const ENDPOINT = 'http://localhost:8001';

/** What the visitor's own program needs to be a TPV of the demo's hub. */
export interface OwnTpv {
  apiKey: string;
  /** `/start <code>` in the chat brings a person to it. */
  joinCode: string;
}

/** Makes a TPV for the visitor's own program. */
export async function ownTpv({ operator }: Pick<Stage, 'operator'>): Promise<OwnTpv> {
  const made = { name: OWN, endpoint_url: ENDPOINT };
  const { id, api_key: apiKey } = await operator.change<{ id: string; api_key: string }>(
    'POST',
    '/api/admin/tpvs',
    made,
  );
  const { join_code: joinCode } = await operator.get<TpvDetail>(`/api/admin/tpvs/${id}`);
  return { apiKey, joinCode };
}
