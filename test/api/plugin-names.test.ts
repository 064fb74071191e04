import { type FastifyInstance, fastify } from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { namePlugins } from '../../src/api/plugin-names.ts';

test('a plugin is registered by its function’s name, also one within another, and keeps a name of its own', async () => {
  const app = fastify();
  onTestFinished(() => app.close());
  namePlugins(app);
  const named = Symbol.for('fastify.display-name');
  const names: unknown[] = [];
  async function inner(): Promise<void> {}
  const own = Object.assign(async () => {}, { [named]: 'its own' });
  async function outer(instance: FastifyInstance, { greeting }: { greeting: string }): Promise<void> {
    await instance.register(inner);
    await instance.register(own);
    names.push(greeting, instance.pluginName);
  }
  await app.register(outer, { greeting: 'hello' });
  await app.register(async (instance) => void names.push(instance.pluginName));
  await app.ready();
  expect(names).toEqual(['hello', 'outer', expect.stringContaining('async (instance)')]);
  expect([outer, inner, own].map((plugin) => Reflect.get(plugin, named))).toEqual(['outer', 'inner', 'its own']);
});
