import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Cluster } from '../cluster/cluster.ts';
import { listHubs } from '../cluster/hub-list.ts';
import type { Database } from '../db/open.ts';
import { isoTime } from '../iso-time.ts';
import { hubList } from './schemas/hubs.ts';

export interface HubRoutesOptions {
  db: Database;
  cluster: Pick<Cluster, 'isShared' | 'leaseMs' | 'id'>;
}

/** The hubs that share the database. */
export async function adminHubRoutes(instance: FastifyInstance, { db, cluster }: HubRoutesOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/api/admin/hubs',
    {
      config: { right: 'see' },
      schema: {
        summary: 'Los hubs que comparten la base de datos',
        description: 'Vacía donde el hub está solo, como siempre con SQLite.',
        response: { 200: hubList },
      },
    },
    async () => {
      const hubs = await listHubs(db, cluster);
      const items = hubs.map(({ startedAt, lagMs, ...hub }) => ({
        ...hub,
        since: isoTime(startedAt),
        lag_ms: lagMs,
        is_this: hub.id === cluster.id,
      }));
      return { items, next: null };
    },
  );
}
