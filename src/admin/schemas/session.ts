import { z } from 'zod';
import { PANEL_LANGUAGES } from '../../db/admin-tables.ts';
import { ADMIN_ROLES, givenName, givenPassword, newName, newPassword } from './accounts.ts';

const timestamp = z.iso.datetime({ precision: 3 });

export const loginState = z.object({
  setup_needed: z.boolean().describe('Todavía no hay ninguna cuenta: hace falta el enlace de configuración'),
  logged_in: z.boolean().describe('La petición trae una sesión abierta'),
});
export type LoginState = z.infer<typeof loginState>;

export const setupBody = z.strictObject({
  token: z.string().min(1).max(200).describe('Lo que sigue a «#» en el enlace de configuración'),
  name: newName,
  password: newPassword,
});

export const loginBody = z.strictObject({
  name: givenName,
  password: givenPassword,
  code: z.string().min(1).max(40).optional().describe('Código de 6 cifras, o un código de recuperación'),
});

export const botLoginBody = z.strictObject({
  token: z.string().min(1).max(200).describe('Lo que sigue a «#» en el enlace que da el bot'),
});

export const session = z.object({
  name: z.string(),
  role: z.enum(ADMIN_ROLES),
  language: z.enum(PANEL_LANGUAGES).describe('En qué idioma le habla el panel'),
  totp_enabled: z.boolean(),
  csrf_token: z.string().describe('Va en «X-CSRF-Token» con todo lo que cambia algo'),
  expires_at: timestamp,
  idle_expires_at: timestamp.describe('Sin ninguna petición hasta entonces, la sesión termina'),
  version: z.string(),
  time_zone: z.string(),
  locale: z.string(),
  shares_database: z.boolean().describe('Otros hubs pueden compartir la base de datos'),
});
export type Session = z.infer<typeof session>;
