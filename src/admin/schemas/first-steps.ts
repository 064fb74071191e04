import { z } from 'zod';

export const firstSteps = z.object({
  bot: z
    .object({ username: z.string(), url: z.string().describe('Abre el bot en Telegram'), qr_svg: z.string() })
    .nullable()
    .describe('Nulo mientras Telegram no diga cómo se llama, y cuando ya está todo hecho'),
  tpv_connected: z.boolean().describe('Algún TPV se ha conectado alguna vez'),
  order_completed: z.boolean().describe('Algún TPV ha completado algo, aunque sea un pedido de prueba'),
  person_wrote: z.boolean().describe('Alguien ha escrito al bot'),
  restaurant_invited: z.boolean().describe('Algún local tiene una cuenta en el panel'),
});
export type FirstSteps = z.infer<typeof firstSteps>;
