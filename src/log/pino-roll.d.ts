// pino-roll ships no types; these are the parts that log/file.ts uses.
declare module 'pino-roll' {
  import type { pino } from 'pino';
  export default function roll(options: {
    file: string;
    extension: string;
    frequency: 'daily' | 'hourly';
    dateFormat: string;
    size: string;
    limit: { count: number; removeOtherLogFiles: boolean };
    symlink: boolean;
    minLength: number;
    maxWrite: number;
    maxLength: number;
    periodicFlush: number;
    mode: number;
  }): Promise<ReturnType<typeof pino.destination>>;
}
