import { parentPort, workerData } from 'node:worker_threads';
import SqliteDatabase from 'better-sqlite3';

/** A log longer than this is also started anew, which holds up writers for the moment of its last frames. */
const LONG_LOG_PAGES = 8_192;

interface Progress {
  busy: number;
  /** Frames in the log, and how many of them are in the file. */
  log: number;
  checkpointed: number;
}

const db = new SqliteDatabase(String(workerData));
db.pragma('synchronous = FULL');
db.pragma('busy_timeout = 1000');
const checkpoint = (mode: 'PASSIVE' | 'RESTART'): Progress => {
  // SQLite answers with one row of these three numbers.
  const [progress] = db.pragma(`wal_checkpoint(${mode})`) as Progress[];
  return progress ?? { busy: 1, log: 0, checkpointed: 0 };
};

parentPort?.on('message', (message: 'checkpoint' | 'close') => {
  if (message === 'close') {
    db.close();
    parentPort?.close();
    return;
  }
  try {
    if (checkpoint('PASSIVE').log > LONG_LOG_PAGES) checkpoint('RESTART');
    parentPort?.postMessage('done');
  } catch (error) {
    parentPort?.postMessage(error instanceof Error ? error.message : String(error));
  }
});
