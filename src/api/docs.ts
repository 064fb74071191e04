import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';

/** The OpenAPI document, out of the schemas that validate, and a page to read it at `/docs`. */
export async function documentApi(app: FastifyInstance, publicUrl: string | undefined): Promise<void> {
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
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  await app.register(fastifySwaggerUi, { routePrefix: '/docs', staticCSP: true });
  // Each of the two takes a tenth of a second, once: before the hub listens it holds up nothing (S30).
  app.addHook('onReady', async () => {
    app.swagger();
    app.swagger({ yaml: true });
  });
}
