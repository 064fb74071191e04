import { readFileSync } from 'node:fs';

const packageJson: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

/** The hub's own, as package.json has it. */
export const VERSION = String(Object(packageJson).version);
