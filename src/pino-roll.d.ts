// pino-roll ships no types; these are the parts that log.ts uses.
declare module 'pino-roll' {
  import type { SonicBoom } from 'pino';
  export default function roll(options: {
    file: string;
    extension: string;
    frequency: 'daily' | 'hourly';
    size: string;
    limit: { count: number };
    symlink: boolean;
  }): Promise<SonicBoom>;
}
