import type { HubDisk } from '../../src/db/open.ts';

/** A disk that a test holds up: what is synced meanwhile is not there before `release`. */
export interface HeldDisk {
  disk: HubDisk & { onSyncFailed(fault: Error): void };
  /** From now on no sync is done before it is let go. */
  hold(): void;
  /** Lets the syncs that wait go, the newest first, and those to come. */
  release(): void;
  /** The syncs that wait, and those to come, fail. */
  fail(): void;
  /** How many syncs wait. */
  readonly waiting: number;
  /** How many were asked for. */
  readonly asked: number;
  /** What the hub was told of those that failed. */
  readonly faults: Error[];
}

export function heldDisk(): HeldDisk {
  let state: 'works' | 'holds' | 'fails' = 'works';
  let asked = 0;
  const faults: Error[] = [];
  const held: (() => void)[] = [];
  const letGo = () => {
    for (const go of held.splice(0).reverse()) go();
  };
  const broken = () => Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
  return {
    disk: {
      async sync(_slot, sync) {
        asked++;
        if (state === 'holds') await new Promise<void>((resolve) => held.push(resolve));
        if (state === 'fails') throw broken();
        await sync();
      },
      onSyncFailed: (fault) => faults.push(fault),
    },
    hold() {
      state = 'holds';
    },
    release() {
      state = 'works';
      letGo();
    },
    fail() {
      state = 'fails';
      letGo();
    },
    get waiting() {
      return held.length;
    },
    get asked() {
      return asked;
    },
    faults,
  };
}
