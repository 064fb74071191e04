import { writeSync } from 'node:fs';
import type { DatabaseFault } from '../db/fault.ts';
import type { Logger } from '../log/log.ts';

/**
 * Ends the process before anything else of it runs, after the disk could not keep what was written: nothing may be told
 * any more, and nothing written. Closing the database, as the ordinary end of a process does, would copy what may be
 * gone from the system's memory over what is whole. Whatever supervises the process starts it anew, and SQLite then
 * reads the log up to the first frame that is not whole.
 */
export function endAtOnce(log: Logger, fault: DatabaseFault): void {
  log.fatal({ err: fault }, 'the disk could not keep what was written: the process ends, and confirms nothing of it');
  end(`${fault.message} Nothing of it was confirmed. Look after the disk; the hub starts anew.`);
}

/**
 * The same where another hub took the PostgreSQL while this one stood still: what it has in memory is the other's now.
 * Started anew, it says that another hub runs.
 */
export function endReplaced(log: Logger): void {
  log.fatal('another hub took the database while this one stood still: the process ends');
  end('Another hub took the database while this one stood still: this one ends.');
}

/**
 * Ends the process in order, as SIGTERM does, where a newer program has changed the PostgreSQL so that this one can't work
 * on it any more. Started anew, it says so, and ends.
 */
export function endTooOld(log: Logger): void {
  log.fatal('a newer version of the hub changed the database so that this one can not work on it: the process ends');
  say('A newer version of the hub changed the database: this one ends. Install that version, or a later one.');
  process.kill(process.pid, 'SIGTERM');
}

function end(sentence: string): void {
  say(sentence);
  process.kill(process.pid, 'SIGKILL');
}

function say(sentence: string): void {
  try {
    writeSync(2, `${sentence}\n`);
  } catch {
    // Standard error is gone; the end is what matters.
  }
}
