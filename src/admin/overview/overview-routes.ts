import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { matching } from '#protocol';
import { isoTime } from '../../iso-time.ts';
import type { Activity } from '../../observability/activity/activity.ts';
import type { Words } from '../../wording/wording.ts';
import { activity, overview } from '../schemas/overview.ts';
import { narrowed, notThere } from '../scope.ts';
import type { Situation } from './situation.ts';

export interface OverviewOptions {
  situation: Situation;
  activity: Pick<Activity, 'history'>;
}

const DEFAULT_MINUTES = 60;
const MOST_MINUTES = 1_440;

const query = z.strictObject({
  tpv_id: z.uuid().optional(),
  minutes: matching<Words>(/^\d{1,4}$/, (say) => say.wholeNumber)
    .transform(Number)
    .pipe(z.number().min(DEFAULT_MINUTES).max(MOST_MINUTES))
    .default(DEFAULT_MINUTES),
});

/** What happens now, and what happened before. */
export async function adminOverviewRoutes(instance: FastifyInstance, options: OverviewOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/api/admin/overview',
    {
      config: { right: 'see' },
      schema: { summary: 'Qué pasa ahora mismo, y qué hay que mirar', response: { 200: overview } },
    },
    async () => options.situation.now(),
  );

  app.get(
    '/api/admin/activity',
    {
      config: { right: 'see', reach: 'list' },
      schema: {
        summary: 'Qué ha pasado, minuto a minuto: en todo el hub o en un TPV',
        querystring: query,
        response: { 200: activity },
      },
    },
    async (request) => {
      const { minutes } = request.query;
      const { tpvId, within } = narrowed(request, request.query.tpv_id);
      // What several TPVs did together is in no row.
      if (within !== undefined) throw notThere();
      const { from, counts, p50_ms, p99_ms } = await options.activity.history(minutes, tpvId);
      return { step_seconds: 60 as const, from: isoTime(from), ...counts, p50_ms, p99_ms };
    },
  );
}
