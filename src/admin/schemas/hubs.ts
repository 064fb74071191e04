import { z } from 'zod';

const time = z.iso.datetime({ precision: 3 });

export const listedHub = z.object({
  id: z.uuid(),
  name: z.string().describe('El nombre de su máquina'),
  version: z.string(),
  state: z.enum(['up', 'draining', 'silent']),
  since: time,
  sockets: z.int().min(0).describe('TPV conectados a él por WebSocket'),
  leads: z.array(z.enum(['chores', 'telegram'])).describe('Lo que hace él solo por todos'),
  lag_ms: z.int().min(0).describe('Hace cuánto dijo por última vez que sigue vivo'),
  differs: z.array(z.string()).describe('Variables que tiene distintas del hub más antiguo y deberían ser iguales'),
  is_this: z.boolean().describe('El que ha respondido a esta petición'),
});
export type ListedHub = z.infer<typeof listedHub>;

/** All of them are on one page: there are a few. */
export const hubList = z.object({ items: z.array(listedHub), next: z.null() });
