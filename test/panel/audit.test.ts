import { expect, test } from 'vitest';
import { auditSentence } from '../../panel/pages/audit/audit-sentence.ts';
import type { AuditEntry } from '../../src/admin/schemas/audit.ts';
import { AUDIT_ACTIONS } from '../../src/audit/actions.ts';

const PEPE = { kind: 'tpv', id: '0199d1aa', name: 'Bar Pepe' };
const ANA = { kind: 'user', id: '1001', name: 'Ana' };

function told(entry: Pick<AuditEntry, 'action'> & Partial<AuditEntry>): string {
  const rest = { seq: 1, at: '2026-11-29T12:00:00.000Z', actor: 'marta', target: null, details: {}, address: null };
  return auditSentence({ ...rest, ...entry });
}

test('an entry of the audit log says who did what to whom, from what to what', () => {
  const sentences = [
    told({ action: 'user.assign', target: ANA, details: { tpv_id: 'x', tpv: 'Casa Lola', before: 'Bar Pepe' } }),
    told({ action: 'user.assign', target: PEPE, details: { telegram_ids: [1, 2, 3] } }),
    told({ action: 'tpv.edit', target: PEPE, details: { before: { max_users: 100 }, after: { max_users: 1_500 } } }),
    told({ action: 'tpv.activate', actor: 'token', target: PEPE, details: { approved: true } }),
    told({
      action: 'setting.change',
      details: { routing_strategy: { from: null, to: 'round_robin' }, 'text.help.en': { from: 'a', to: 'b' } },
    }),
    told({
      action: 'account.role',
      target: { kind: 'account', id: '1', name: 'eva' },
      details: { from: 'viewer', to: 'admin' },
    }),
    told({ action: 'session.refused', actor: 'hub', details: { name: 'nadie' } }),
    told({ action: 'instruction.cancel', details: { ids: ['a', 'b'] } }),
    told({
      action: 'instruction.reassign',
      target: { kind: 'instruction', id: 'a', name: 'process_message' },
      details: { before: 'x', after: 'y', from: 'Bar Pepe', to: 'Casa Lola' },
    }),
    told({
      action: 'tpv.service',
      target: PEPE,
      details: { before: { state: 'open' }, after: { state: 'paused', reason: 'obras' } },
    }),
  ];
  expect(sentences).toEqual([
    'marta asignó a «Ana» a «Casa Lola»; antes lo atendía «Bar Pepe».',
    'marta asignó 3 clientes a «Bar Pepe».',
    'marta editó «Bar Pepe»: clientes como máximo, de 100 a 1.500.',
    'Un programa con la clave de administración aprobó «Bar Pepe».',
    'marta cambió los ajustes: reparto de clientes, de nada a «Por turnos»; texto «Ayuda», de «a» a «b».',
    'marta cambió el perfil de «eva»: de «Solo lectura» a «Administra».',
    'Alguien no pudo entrar como «nadie»: no hay ninguna cuenta con ese nombre.',
    'marta canceló 2 mensajes.',
    'marta pasó un mensaje de «Bar Pepe» a «Casa Lola».',
    'marta cambió el servicio de «Bar Pepe»: estado, de «Abierto» a «En pausa»; motivo, de nada a «obras».',
  ]);
});

test('every action has its sentence, also where an entry holds nothing or what nobody expects', () => {
  const strange = {
    from: 7,
    to: {},
    before: [],
    after: { x: { y: 1 } },
    ids: 'no',
    until: 'ayer',
    wrong: {},
    left: null,
  };
  for (const action of AUDIT_ACTIONS) {
    for (const entry of [{ action }, { action, target: PEPE, details: strange }]) {
      const sentence = told(entry);
      expect(sentence).toMatch(/^\S.*\.$/);
      expect(sentence).not.toMatch(/undefined|\[object|null|\w+\.[a-z]+_/);
    }
  }
  expect(told({ action: 'tpv.dance', actor: 'eva' })).toBe('eva: tpv.dance');
  expect(told({ action: 'toString', actor: 'toString' })).toBe('toString: toString');
});
