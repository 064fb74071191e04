import type { FastifyInstance } from 'fastify';

const DISPLAY_NAME = Symbol.for('fastify.display-name');

/**
 * Gives each plugin that is registered from now on its function's name as its display name. At each registration fastify
 * looks for a plugin without one among all modules that are loaded (`getPluginName` in its lib/plugin-utils.js).
 */
export function namePlugins(app: FastifyInstance): void {
  app.register = new Proxy(app.register, {
    apply(register, instance, [plugin, ...options]) {
      if (typeof plugin === 'function' && plugin.name !== '') plugin[DISPLAY_NAME] ??= plugin.name;
      return Reflect.apply(register, instance, [plugin, ...options]);
    },
  });
}
