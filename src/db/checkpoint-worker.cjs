// The thread behind checkpointer.ts. Plain JavaScript on purpose: stripping types in a second thread would load the
// compiler there too, and keep tens of megabytes for these few lines.
const { parentPort, workerData } = require('node:worker_threads');
const SqliteDatabase = require('better-sqlite3');

/** A log longer than this is also started anew, which holds up writers for the moment of its last frames. */
const LONG_LOG_PAGES = 8_192;

const db = new SqliteDatabase(workerData);
db.pragma('synchronous = FULL');
db.pragma('busy_timeout = 1000');

/** Frames in the log after it, some of them perhaps in the file already. */
function checkpoint(mode) {
  return db.pragma(`wal_checkpoint(${mode})`)[0].log;
}

parentPort.on('message', (message) => {
  if (message === 'close') {
    db.close();
    parentPort.close();
    return;
  }
  try {
    if (checkpoint('PASSIVE') > LONG_LOG_PAGES) checkpoint('RESTART');
    parentPort.postMessage('done');
  } catch (error) {
    parentPort.postMessage(error instanceof Error ? error.message : String(error));
  }
});
