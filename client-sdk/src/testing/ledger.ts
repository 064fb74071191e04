import type { Cancel, Clock } from '../clock.ts';
import { MAX_RESPONSE_BYTES } from '../protocol/codes.ts';
import {
  DEFAULT_DELIVERY,
  EXPIRED,
  type InstructionStatus,
  isFinal,
  NO_ANSWER,
  reportableFrom,
  silenceAllowedMs,
} from '../protocol/lifecycle.ts';
import type { Instruction } from '../wire/instruction.ts';
import { iso, type NewInstruction, newInstruction } from './new-instruction.ts';
import { Refusal } from './refusal.ts';
import type { ReportFields } from './report.ts';

const { sentLeaseMs, processingLeaseMs, maxAttempts } = DEFAULT_DELIVERY;

/** Who has an instruction that was fetched over REST; a session's id otherwise. */
export const POLL = 'poll';

interface Row {
  readonly seq: number;
  readonly instruction: Instruction;
  holder: string | undefined;
  cancelDue: Cancel;
}

export interface LedgerPorts {
  clock: Clock;
  /** Something may go out. */
  ready(): void;
  /** The socket that has it said nothing for too long: it goes out again. */
  again(instruction: Instruction): void;
  revoked(id: string, reason: string): void;
}

/** The instructions of the one TPV, as the hub's table has them. */
export class Ledger {
  readonly #ports: LedgerPorts;
  readonly #rows = new Map<string, Row>();
  #seq = 0;

  constructor(ports: LedgerPorts) {
    this.#ports = ports;
  }

  add(fields: NewInstruction): Instruction {
    const instruction = newInstruction(fields, this.#ports.clock.now());
    const row = { seq: ++this.#seq, instruction, holder: undefined, cancelDue: () => {} };
    this.#rows.set(instruction.id, row);
    this.#due(row, undefined);
    return instruction;
  }

  get(id: string): Instruction | undefined {
    return this.#rows.get(id.toLowerCase())?.instruction;
  }

  /** Those in `status`, or all, in the order in which they go out. */
  list(status?: InstructionStatus): Instruction[] {
    return this.#inOrder((row) => status === undefined || row.instruction.status === status).map(
      ({ instruction }) => instruction,
    );
  }

  get open(): number {
    return this.list().filter((instruction) => !isFinal(instruction.status)).length;
  }

  /** How many `holder` was given and has not reported on. */
  unreported(holder: string): number {
    return this.#inOrder((row) => row.holder === holder && row.instruction.status === 'sent').length;
  }

  /** Hands the next pending ones out. */
  claim(holder: string, limit: number): Instruction[] {
    const rows = this.#inOrder(({ instruction }) => instruction.status === 'pending').slice(0, Math.max(0, limit));
    for (const row of rows) {
      row.holder = holder;
      this.#handOut(row);
    }
    return rows.map(({ instruction }) => instruction);
  }

  /** Counts one more attempt on the holder that has it. */
  repeat(id: string): Instruction | undefined {
    const row = this.#rows.get(id);
    if (row === undefined) return undefined;
    if (isFinal(row.instruction.status)) return { ...row.instruction, status: 'sent' };
    row.instruction.retry_count++;
    if (row.instruction.status === 'sent') this.#handOut(row);
    return { ...row.instruction, status: 'sent' };
  }

  /** Puts back in line what `holder` has, or anybody: being offline costs no attempt. */
  release(holder?: string): void {
    for (const row of this.#rows.values()) {
      if (isFinal(row.instruction.status) || row.holder === undefined) continue;
      if (holder === undefined || row.holder === holder) this.#putBack(row);
    }
  }

  /**
   * Takes a report; throws a `Refusal`.
   * @returns false: it ended so before, and nothing changed
   */
  report({ id, status, response, error_message = '' }: ReportFields, holder: string): boolean {
    const row = this.#rows.get(id.toLowerCase());
    if (row === undefined) throw new Refusal('not_found');
    if (Buffer.byteLength(JSON.stringify(response ?? null)) > MAX_RESPONSE_BYTES) {
      throw new Refusal('payload_too_large', { details: [{ path: 'response', message: 'admite hasta 64 KiB' }] });
    }
    const { instruction } = row;
    const same = instruction.status === status;
    if (same && isFinal(instruction.status)) return false;
    if (!same && !reportableFrom(status).includes(instruction.status)) {
      const message = `no puede pasar a «${status}»: está en «${instruction.status}»`;
      throw new Refusal('invalid_transition', { details: [{ path: 'status', message }] });
    }
    const now = iso(this.#ports.clock.now());
    instruction.status = status;
    instruction.response = structuredClone(response ?? instruction.response);
    if (isFinal(instruction.status)) {
      instruction.completed_at = now;
      instruction.error_message = error_message;
      this.#end(row);
      return true;
    }
    instruction.delivered_at ??= now;
    row.holder = holder;
    this.#due(row, processingLeaseMs);
    return true;
  }

  /** Takes one back from the TPV: another TPV has it from now on, or it is failed with `reason`. */
  revoke(id: string, reason: string): void {
    const row = this.#rows.get(id);
    if (row === undefined || isFinal(row.instruction.status)) return;
    if (reason === 'reassigned') {
      this.#end(row);
      this.#rows.delete(id);
      this.#ports.revoked(id, reason);
    } else {
      this.#fail(row, reason, reason);
    }
  }

  close(): void {
    for (const row of this.#rows.values()) row.cancelDue();
  }

  #handOut(row: Row): void {
    row.instruction.status = 'sent';
    row.instruction.sent_at = iso(this.#ports.clock.now());
    const attempt = row.instruction.retry_count + 1;
    this.#due(row, row.holder === POLL ? sentLeaseMs : silenceAllowedMs(attempt, maxAttempts));
  }

  #putBack(row: Row): void {
    row.holder = undefined;
    row.instruction.status = 'pending';
    this.#due(row, undefined);
    this.#ports.ready();
  }

  /** Its lease, or its life, ends then. */
  #due(row: Row, leaseMs: number | undefined): void {
    row.cancelDue();
    const lifeMs = Date.parse(row.instruction.expires_at) - this.#ports.clock.now();
    const lapses = leaseMs !== undefined && leaseMs < lifeMs;
    row.cancelDue = this.#ports.clock.after(lapses ? leaseMs : lifeMs, () =>
      lapses ? this.#lapsed(row) : this.#fail(row, EXPIRED, 'expired'),
    );
  }

  #lapsed(row: Row): void {
    const { instruction, holder } = row;
    if (instruction.retry_count + 1 >= maxAttempts) {
      this.#fail(row, NO_ANSWER, 'no_answer');
    } else if (instruction.status === 'sent' && holder !== POLL) {
      instruction.retry_count++;
      this.#handOut(row);
      this.#ports.again(instruction);
    } else {
      instruction.retry_count++;
      this.#putBack(row);
    }
  }

  #fail(row: Row, message: string, reason: string): void {
    row.instruction.status = 'failed';
    row.instruction.error_message = message;
    row.instruction.completed_at = iso(this.#ports.clock.now());
    this.#end(row);
    this.#ports.revoked(row.instruction.id, reason);
  }

  #end(row: Row): void {
    row.holder = undefined;
    row.cancelDue();
  }

  #inOrder(wanted: (row: Row) => boolean): Row[] {
    return [...this.#rows.values()]
      .filter(wanted)
      .sort((a, b) => a.instruction.priority - b.instruction.priority || a.seq - b.seq);
  }
}
