// The thread behind checkpointer.ts. Plain JavaScript on purpose: stripping types in a second thread would load the
// compiler there too, and keep tens of megabytes for these few lines.
const { statSync } = require('node:fs');
const { parentPort, workerData } = require('node:worker_threads');
const SqliteDatabase = require('better-sqlite3');

/** A log longer than this is also started anew, which holds up writers for the moment of its last frames. */
const LONG_LOG_PAGES = 8_192;
/** What is kept of a log that was started anew. Cutting a long one can take the disk a second, so only this thread does it. */
const LOG_KEPT_BYTES = 64 * 1024 * 1024;
/** Starting the log anew waits for those that still read it, and writers wait meanwhile: at most this long. */
const PATIENCE_MS = 25;

const { file, identity } = workerData;
const db = new SqliteDatabase(file, { fileMustExist: true });
// SQLite opened the file, and nothing else yet. Had the name come to lead to another one, the hub's log would be copied
// into that, and be marked as copied for the hub as well, which would not look into its log any more.
const { dev, ino } = statSync(file);
if (`${dev} ${ino}` !== identity) throw new Error(`${file} was replaced at this moment`);
// The log is synced before it is copied, and the file before the log is written over.
db.pragma('synchronous = FULL');
db.pragma(`busy_timeout = ${PATIENCE_MS}`);
db.pragma(`journal_size_limit = ${LOG_KEPT_BYTES}`);

function checkpoint(mode) {
  return db.pragma(`wal_checkpoint(${mode})`)[0];
}

/**
 * Starts the log anew, and writes its first page, as it is. SQLite syncs the head of a new log inside the commit that
 * begins it, also where commits do not wait for the disk: the hub's own commit would hold up its loop for that long.
 */
function startAnew() {
  return beginLog(checkpoint('RESTART').busy === 0);
}

/** The same, with nothing left of the log of before: what was erased from the file is in no old page of it. */
function empty() {
  return beginLog(checkpoint('TRUNCATE').busy === 0);
}

function beginLog(isAnew) {
  if (!isAnew) return false;
  try {
    db.exec('begin immediate');
  } catch {
    // The hub was first, and its commit begins the log.
    return true;
  }
  try {
    db.pragma(`user_version = ${db.pragma('user_version', { simple: true })}`);
    db.exec('commit');
  } finally {
    if (db.inTransaction) db.exec('rollback');
  }
  return true;
}

/** Answers `long` if the log should be started anew, and `busy` if it could not be emptied. */
function run(message) {
  if (message === 'restart') {
    startAnew();
    return 'done';
  }
  if (message === 'empty') return empty() ? 'done' : 'busy';
  const { log, checkpointed } = checkpoint('PASSIVE');
  // While a backup reads, its part of the log can't be written over: trying would only hold up writers.
  return log > LONG_LOG_PAGES && log - checkpointed < LONG_LOG_PAGES ? 'long' : 'done';
}

parentPort.on('message', (message) => {
  if (message === 'close') {
    db.close();
    parentPort.close();
    return;
  }
  try {
    parentPort.postMessage(run(message));
  } catch (error) {
    parentPort.postMessage(error instanceof Error ? error.message : String(error));
  }
});
