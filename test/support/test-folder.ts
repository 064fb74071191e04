import { rmSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { makeMemoryFolder } from './memory-folder.ts';

/**
 * A new folder in memory, gone with the test. What was begun in it later ends before it goes.
 * @param name what its name begins with, behind `hub-`
 */
export function testFolder(name: string): string {
  const folder = makeMemoryFolder(`hub-${name}-`);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
