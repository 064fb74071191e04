import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ErrorLanguage } from '../wording/wording.ts';
import { type ApiDocument, complete } from './openapi/complete.ts';
import { inEnglish } from './openapi/english.ts';

/** What the build wrote beside this file; the sources have none. */
const WRITTEN = { json: join(import.meta.dirname, 'openapi.json'), yaml: join(import.meta.dirname, 'openapi.yaml') };

/** Swagger's page gives one element a style of its own; browsers take that by what it says. */
const ITS_STYLE = "'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='";

/** Swagger's page does not tell a phone that it may be as narrow as that; it takes a script of its own to say so. */
const PHONE_WIDTH = {
  filename: 'phone-width.js',
  content: `const meta = document.createElement('meta');
meta.name = 'viewport';
meta.content = 'width=device-width, initial-scale=1';
document.head.append(meta);
`,
};

/** What the page of the documentation may load: its own files. */
const POLICY = {
  'default-src': ["'self'"],
  'base-uri': ["'self'"],
  'font-src': ["'self'", 'data:'],
  'frame-ancestors': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'object-src': ["'none'"],
  'script-src': ["'self'"],
  'script-src-attr': ["'none'"],
  'style-src': ["'self'", "'unsafe-hashes'", ITS_STYLE],
};

/**
 * The OpenAPI document, out of the schemas that validate, and a page to read it at `/docs`. The release has it from the
 * build: to put it together takes a fifth of a second and 45 MB, which the process would keep.
 * @param language in which its readers read what the API refuses
 */
export async function documentApi(
  app: FastifyInstance,
  publicUrl: string | undefined,
  language: ErrorLanguage = 'es',
): Promise<void> {
  if (existsSync(WRITTEN.json)) await registerWritten(app, publicUrl, language);
  else await registerSchemas(app, publicUrl, language);
  await app.register(fastifySwaggerUi, {
    routePrefix: '/docs',
    staticCSP: POLICY,
    theme: { title: 'ValleTPV Hub · API', js: [PHONE_WIDTH] },
    // A hundred operations at once are too long for a phone: a part opens when it is asked for, and has an address.
    uiConfig: { docExpansion: 'none', deepLinking: true, defaultModelsExpandDepth: -1 },
  });
}

async function registerWritten(
  app: FastifyInstance,
  publicUrl: string | undefined,
  language: ErrorLanguage,
): Promise<void> {
  const document = translated(JSON.parse(await readFile(WRITTEN.json, 'utf8')), language);
  if (publicUrl !== undefined) document.servers = [{ url: publicUrl }];
  const yaml = language === 'es' ? await writtenYaml(publicUrl) : JSON.stringify(document, null, 2);
  await app.register(fastifySwagger, { mode: 'static', specification: { document } });
  // The plugin's own would put the YAML together when it is asked for.
  Object.assign(app, { swagger: (options?: { yaml?: boolean }) => (options?.yaml === true ? yaml : document) });
}

async function writtenYaml(publicUrl: string | undefined): Promise<string> {
  const yaml = await readFile(WRITTEN.yaml, 'utf8');
  return publicUrl === undefined ? yaml : `${yaml}servers:\n  - url: ${JSON.stringify(publicUrl)}\n`;
}

function translated<T>(document: T, language: ErrorLanguage): T {
  return language === 'es' ? document : inEnglish(document);
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

/** Describes the whole: the schemas that routes share, and what follows from the paths. */
function describeAll(language: ErrorLanguage): typeof jsonSchemaTransformObject {
  return (document) => {
    const described = jsonSchemaTransformObject(document);
    // The plugin's types know more kinds of operations than there are here.
    complete(described as ApiDocument);
    return translated(described, language);
  };
}

function formsOf(body: unknown): Record<string, { schema: z.core.$ZodType }> | undefined {
  return body instanceof z.core.$ZodType ? undefined : Object(body).content;
}

async function registerSchemas(
  app: FastifyInstance,
  publicUrl: string | undefined,
  language: ErrorLanguage,
): Promise<void> {
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
    transformObject: describeAll(language),
  });
  // Each of the two takes a tenth of a second, once: before the hub listens it holds up nothing (S30).
  app.addHook('onReady', async () => {
    app.swagger();
    app.swagger({ yaml: true });
  });
}
