import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT, runProcess } from '../support/process.ts';
import { link, type Packed, packPackage } from './support/packed.ts';

let packed: Packed;
beforeAll(() => {
  packed = packPackage();
}, 120_000);
afterAll(() => packed?.remove());

/** Runs a program of the empty project. */
async function run(name: string, text: string, args: string[] = []) {
  writeFileSync(join(packed.project, name), text);
  return runProcess([...args, join(packed.project, name)], { cwd: packed.project });
}

test('the tarball has what runs, its types and its words, and nothing else', () => {
  const paths = packed.files.map(({ path }) => path);
  const kinds = /^(package\.json|README\.md|PROTOCOL\.md|dist\/[\w/-]+\.(js|d\.ts))$/;
  expect(paths.filter((path) => !kinds.test(path))).toEqual([]);
  for (const entry of ['mod', 'protocol/mod', 'testing/mod']) {
    expect(paths).toEqual(expect.arrayContaining([`dist/${entry}.js`, `dist/${entry}.d.ts`]));
  }
});

test('every name that it exports says what it is for', () => {
  const dist = join(packed.project, 'node_modules/@valletpv/hub-client/dist');
  const wordless: string[] = [];
  let names = 0;
  for (const entry of ['mod', 'protocol/mod', 'testing/mod']) {
    const types = readFileSync(join(dist, `${entry}.d.ts`), 'utf8');
    for (const [, list = '', from = ''] of types.matchAll(/^export (?:type )?\{([^}]*)\} from '([^']+)\.js'/gm)) {
      const lines = readFileSync(join(dist, dirname(entry), `${from}.d.ts`), 'utf8').split('\n');
      for (const name of list.split(',').map((one) => one.replace(/\btype\b/, '').trim())) {
        if (name === '') continue;
        names++;
        const declared = new RegExp(`^export (?:declare )?(?:class|interface|type|const|function) ${name}\\b`);
        const before = lines[lines.findIndex((line) => declared.test(line)) - 1];
        if (before?.trimEnd().endsWith('*/') !== true) wordless.push(`${entry}: ${name}`);
      }
    }
  }
  expect(wordless).toEqual([]);
  expect(names).toBeGreaterThan(80);
});

test('a stack trace names functions and files of the client, and its line can be read', async () => {
  const { stderr } = await run(
    'trace.mjs',
    `import { HubClient } from '@valletpv/hub-client'; new HubClient({ url: 'nonsense', apiKey: 'x' });`,
  );
  const [, file = '', line = ''] = /at hubUrl \(file:\/\/(.*\/dist\/option-checks\.js):(\d+):/.exec(stderr) ?? [];
  expect(readFileSync(file, 'utf8').split('\n')[Number(line) - 1]).toContain('const url = parse(base);');
});

describe('an empty project', () => {
  test('runs every entry point but the schemas with ws alone', async () => {
    const { code, stdout, stderr } = await run(
      'entries.mjs',
      `import * as main from '@valletpv/hub-client';
       import * as testing from '@valletpv/hub-client/testing';
       await using hub = await testing.FakeHub.start();
       await using tpv = new main.HubClient(hub.access);
       tpv.on('process_message', ({ payload }) => ({ text: payload.text }));
       await tpv.connect();
       const { response } = await hub.ended(hub.say('Hola').id);
       const error = new main.HubClientError('unauthorized');
       console.log(JSON.stringify([response, error.name, error instanceof main.ConfigurationError]));`,
    );
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: '[{"text":"Hola"},"ConfigurationError",true]\n',
      stderr: '',
    });
  });

  test('has no way into the inside of the package', async () => {
    const { stderr } = await run('inside.mjs', `import '@valletpv/hub-client/dist/mod.js';`);
    expect(stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  test('has the schemas where it has zod', async () => {
    link(packed.project, 'zod');
    const { stdout } = await run(
      'schemas.mjs',
      `import { tpvFrameSchema } from '@valletpv/hub-client/protocol';
       console.log(tpvFrameSchema.safeParse({ type: 'flow', max_in_flight: 0 }).success);`,
    );
    expect(stdout).toBe('true\n');
  });
});

/** What a TPV may write, in a project that has the types of streams. */
const USE = `import { fileMemory, HubApi, HubClient, HubClientError, type PushMessage } from '@valletpv/hub-client';
import { hubFrameSchema } from '@valletpv/hub-client/protocol';
import { FakeHub, ManualClock } from '@valletpv/hub-client/testing';

declare module '@valletpv/hub-client' {
  interface Commands {
    print_menu: { copies: number };
  }
}

export async function main(url: string, apiKey: string): Promise<string[]> {
  await using tpv = new HubClient({ url, apiKey, memory: fileMemory('/tmp/memory'), clock: new ManualClock() });
  tpv.on('process_message', ({ payload }) => ({ text: payload.text.toUpperCase() }));
  tpv.on('print_menu', ({ payload }) => payload.copies.toFixed());
  tpv.on('anything', ({ payload }) => payload['else']);
  // @ts-expect-error: a message has no action
  tpv.on('process_message', ({ payload }) => payload.action.length);
  await tpv.connect();
  const api = new HubApi({ url, apiKey });
  const message: PushMessage = { telegram_user_id: 1, photo: { path: 'x.jpg' }, text: 'Hoy' };
  // @ts-expect-error: a photo is no location
  const wrong: PushMessage = { telegram_user_id: 1, photo: { path: 'x.jpg' }, location: { latitude: 1, longitude: 1 } };
  const result = await api.push(message).catch((error: unknown) => {
    if (error instanceof HubClientError) return error.hubCode ?? error.code;
    throw error;
  });
  const names: string[] = [typeof result === 'string' ? result : result.push_message_id, String(wrong)];
  for await (const user of api.allUsers()) names.push(user.first_name);
  names.push((await (await api.file('x')).bytes()).byteLength.toFixed());
  await using hub = await FakeHub.start();
  names.push(hub.say('Hola').id, hubFrameSchema.parse({}).type);
  return names;
}
`;

/** What needs the types of streams and signals, which come from the library "DOM" or from `@types/node`. */
const STREAMS = `import { HubApi, HubClient } from '@valletpv/hub-client';

export async function main(url: string, apiKey: string): Promise<number> {
  const stop = new AbortController();
  const tpv = new HubClient({ url, apiKey });
  tpv.on('process_message', (_instruction, { signal }) => signal.aborted);
  await tpv.connect({ signal: stop.signal });
  const api = new HubApi({ url, apiKey });
  let bytes = 0;
  for await (const chunk of (await api.file('x', { signal: stop.signal })).stream) bytes += chunk.byteLength;
  await api.push({ telegram_user_id: 1, photo: { url: new URL('/plato.jpg', url) } }, { signal: stop.signal });
  return bytes;
}
`;

const PROJECTS = [
  { name: '@types/node', lib: ['es2023', 'esnext.disposable'], types: ['node'], streams: true },
  {
    name: 'the library DOM, without @types/node',
    lib: ['es2023', 'esnext.disposable', 'dom'],
    types: [],
    streams: true,
  },
  { name: 'neither of the two', lib: ['es2023'], types: [], streams: false },
] as const;

describe.each(PROJECTS)('a project with $name', ({ types, lib, streams }) => {
  const withNode = types.length > 0;
  let project: string;
  beforeAll(() => {
    project = packed.newProject();
    for (const name of ['zod', ...(withNode ? ['@types/node', 'undici-types'] : [])]) link(project, name);
    writeFileSync(join(project, 'use.ts'), USE);
    writeFileSync(join(project, 'streams.ts'), STREAMS);
    for (const name of ['orders.ts', 'from-polling.ts']) {
      cpSync(join(ROOT, 'client-sdk/examples', name), join(project, name));
    }
  });

  test.each(['nodenext', 'bundler'])('compiles with module resolution %s and every check on', async (resolution) => {
    const options = {
      compilerOptions: {
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        skipLibCheck: false,
        noEmit: true,
        module: resolution === 'bundler' ? 'esnext' : resolution,
        moduleResolution: resolution,
        target: 'es2022',
        lib,
        types,
      },
      // The examples are programs for Node.
      files: ['use.ts', ...(streams ? ['streams.ts'] : []), ...(withNode ? ['orders.ts', 'from-polling.ts'] : [])],
    };
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(options));
    const typescript = join(ROOT, 'node_modules/typescript/bin/tsc');
    const { stdout } = await runProcess([typescript, '-p', project, '--listFiles'], { cwd: project });
    const [read, faults] = [/^\//, /error TS/].map((kind) => stdout.split('\n').filter((line) => kind.test(line)));
    expect(faults).toEqual([]);
    expect(read).toContainEqual(expect.stringMatching(/hub-client\/dist\/mod\.d\.ts$/));
    expect(read?.some((path) => path.includes('@types/node/'))).toBe(withNode);
  });
});
