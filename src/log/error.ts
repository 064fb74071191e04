/** From the first quote to the last: what a person wrote may have some of its own. */
const QUOTED = /".*"|«.*»|“.*”|(?<=[\s(:=])'.*'/gs;

/** An error as a line of the log shows it. */
export interface LoggedError {
  type: string;
  message: string;
  /** The system's, the database's or the hub's own code. */
  code?: string | number;
  stack?: string;
  cause?: LoggedError;
}

/** Causes of causes that are still looked at. */
const MAX_CAUSES = 5;
const MAX_MESSAGE_LENGTH = 500;
/** PostgreSQL's classes of codes whose messages quote names of things, and never a value (its manual, appendix A). */
const QUOTES_NAMES = /^(08|28|3D|42|53|55|57)[0-9A-Z]{3}$/;

/**
 * What of an error may be logged: its kind, its code, the place in the code, and its message without what stands in
 * quotes there. Everything else that libraries hang on their errors may hold what a person wrote (grammY the whole
 * payload, PostgreSQL the row, a JSON parser a piece of the text), or a URL with the bot's token.
 */
export function loggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'something was thrown that is no error' };
  const code = 'code' in error && (typeof error.code === 'string' || typeof error.code === 'number') ? error.code : '';
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
  return {
    type: error.name,
    message: messageOf(error, String(code)),
    ...(code !== '' && { code }),
    // The text above the first frame is the message again, with its quotes.
    ...(frames.length > 0 && { stack: frames.join('\n') }),
    ...(error.cause !== undefined && depth < MAX_CAUSES && { cause: loggedError(error.cause, depth + 1) }),
  };
}

function messageOf(error: Error, code: string): string {
  // V8 quotes a piece of what it could not parse, with its quotes as they are.
  if (error.name === 'SyntaxError') return 'something could not be parsed';
  const message = QUOTES_NAMES.test(code) ? error.message : error.message.replaceAll(QUOTED, '"…"');
  return message.slice(0, MAX_MESSAGE_LENGTH);
}
