import { expect } from 'vitest';
import { type HubOptions, startHub, type TestHub, type TestTpv } from './hub.ts';

/** A hub with a TPV that is ill-treated, and another that must not notice. */
export interface WatchedHub extends TestHub {
  victim: TestTpv;
  /** Asserts that the hub lives, and that the other TPV still gets its instruction. */
  undisturbed(): Promise<void>;
}

const BYSTANDERS_USER = 900_001;

export async function startWatchedHub(options: HubOptions = {}): Promise<WatchedHub> {
  const hub = await startHub(options);
  const bystander = await hub.tpv({ name: 'the other', max_users: 1 });
  let updateId = 900_000_000;
  const undisturbed = async () => {
    const text = `mensaje ${++updateId}`;
    expect((await hub.fetch('/healthz')).status).toBe(200);
    expect(await hub.message(updateId, text, BYSTANDERS_USER)).toMatchObject({ status: 200 });
    const { body } = await bystander.fetch('/api/tpv/instructions/?wait=20');
    // A look that is a lease later sees those of before again.
    expect(body.instructions.at(-1)).toMatchObject({ payload: { text } });
  };
  await undisturbed();
  return { ...hub, victim: await hub.tpv({ name: 'victim' }), undisturbed };
}
