/** What one look at the set-up found. */
export interface Finding {
  /** What was looked at: `token`, `webhook`, `disk` … */
  check: string;
  /** `warning`: it works, but not for long, or not for every client. `skipped`: it can't be checked yet. */
  state: 'ok' | 'warning' | 'fault' | 'skipped';
  what: string;
  /** How to mend it. */
  mend?: string;
}

/** Makes the findings of one check. */
export function findings(check: string) {
  return {
    ok: (what: string): Finding => ({ check, state: 'ok', what }),
    warning: (what: string, mend: string): Finding => ({ check, state: 'warning', what, mend }),
    fault: (what: string, mend: string): Finding => ({ check, state: 'fault', what, mend }),
    skipped: (what: string): Finding => ({ check, state: 'skipped', what }),
  };
}
