import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';

/** What the build wrote beside this file; the sources have none. */
const WRITTEN = { json: join(import.meta.dirname, 'openapi.json'), yaml: join(import.meta.dirname, 'openapi.yaml') };

/**
 * The OpenAPI document, out of the schemas that validate, and a page to read it at `/docs`. The release has it from the
 * build: to put it together takes a fifth of a second and 45 MB, which the process would keep.
 */
export async function documentApi(app: FastifyInstance, publicUrl: string | undefined): Promise<void> {
  if (existsSync(WRITTEN.json)) await registerWritten(app, publicUrl);
  else await registerSchemas(app, publicUrl);
  await app.register(fastifySwaggerUi, { routePrefix: '/docs', staticCSP: true });
}

async function registerWritten(app: FastifyInstance, publicUrl: string | undefined): Promise<void> {
  const document = JSON.parse(await readFile(WRITTEN.json, 'utf8'));
  let yaml = await readFile(WRITTEN.yaml, 'utf8');
  if (publicUrl !== undefined) {
    document.servers = [{ url: publicUrl }];
    yaml += `servers:\n  - url: ${JSON.stringify(publicUrl)}\n`;
  }
  await app.register(fastifySwagger, { mode: 'static', specification: { document } });
  // The plugin's own would put the YAML together when it is asked for.
  Object.assign(app, { swagger: (options?: { yaml?: boolean }) => (options?.yaml === true ? yaml : document) });
}

/** Describes a route as the plugin does, and also a body that has several content types, which the plugin does not know. */
const describeRoute: typeof jsonSchemaTransform = (document) => {
  const forms = formsOf(document.schema?.body);
  if (forms === undefined) return jsonSchemaTransform(document);
  const described = (body: z.core.$ZodType | undefined) =>
    jsonSchemaTransform({ ...document, schema: { ...document.schema, body } });
  const content: Record<string, { schema: unknown }> = {};
  for (const [type, { schema }] of Object.entries(forms)) content[type] = { schema: described(schema).schema.body };
  const { schema, url } = described(undefined);
  return { schema: { ...schema, body: { content } }, url };
};

function formsOf(body: unknown): Record<string, { schema: z.core.$ZodType }> | undefined {
  return body instanceof z.core.$ZodType ? undefined : Object(body).content;
}

async function registerSchemas(app: FastifyInstance, publicUrl: string | undefined): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'ValleTPV Hub',
        description: 'Entre un bot de Telegram y los TPV de muchos restaurantes.',
        version: '1',
      },
      ...(publicUrl === undefined ? {} : { servers: [{ url: publicUrl }] }),
      components: {
        securitySchemes: {
          ApiKey: {
            type: 'apiKey',
            in: 'header',
            name: 'Authorization',
            description: '`ApiKey <clave>`; `Bearer <clave>` vale igual.',
          },
          AdminToken: { type: 'apiKey', in: 'header', name: 'Authorization', description: '`Token <ADMIN_TOKEN>`' },
          AdminSession: {
            type: 'apiKey',
            in: 'cookie',
            name: 'hub_session',
            description:
              'La sesión del panel (`__Host-hub_session` con TLS). Lo que cambia algo lleva además `X-CSRF-Token`.',
          },
        },
      },
    },
    transform: describeRoute,
    transformObject: jsonSchemaTransformObject,
  });
  // Each of the two takes a tenth of a second, once: before the hub listens it holds up nothing (S30).
  app.addHook('onReady', async () => {
    app.swagger();
    app.swagger({ yaml: true });
  });
}
