import type { Filled } from './fill.ts';

/** A request that is asked for while the bystander waits. */
export interface Asked {
  name: string;
  path: string;
  method?: 'POST' | 'PATCH';
  body?: string;
  /** Whose credentials it carries. */
  as: 'admin' | 'tpv' | 'telegram' | 'stranger';
  /** An answer that may be long is left after this many bytes. */
  mostBytes?: number;
}

const MIB = 1024 * 1024;
/** Of a CSV of everything, this much shows how its pages are made. */
const CSV_BYTES = 4 * MIB;

/** Every list with each filter, every page and every figure, and bodies of 1 MiB of every shape. */
export function everything({ busiestTpv }: Filled, day: { from: string; to: string }): Asked[] {
  return [...lists(busiestTpv, day), ...figures(busiestTpv), ...bodies()];
}

function lists(tpvId: string, { from, to }: { from: string; to: string }): Asked[] {
  const filters: Record<string, readonly string[]> = {
    instructions: [
      '',
      'status=failed',
      'status=completed',
      'status=pending',
      'status=processing',
      `tpv_id=${tpvId}`,
      `tpv_id=${tpvId}&status=failed`,
      `tpv_id=${tpvId}&status=delivered`,
      'telegram_user_id=5000000&status=failed',
      'command=none',
      'text=croquetas',
      'text=nada de eso',
      `from=${from}&to=${to}`,
    ],
    pushes: [
      '',
      'status=failed',
      'status=unknown',
      'status=pending',
      `tpv_id=${tpvId}&status=sent`,
      'text=nada',
      `from=${from}`,
    ],
    users: ['', 'q=nadie', 'q=luis', 'active=false', 'assigned=false', 'assigned=true', `tpv_id=${tpvId}&q=nadie`],
    tpvs: ['', 'q=nada', 'state=awaiting', 'state=inactive', 'online=true', 'online=false'],
    audit: ['', 'actor=nadie', 'action=tpv', 'action=account', `from=${from}&to=${to}`],
    quarantine: ['', 'outcome=kept', 'outcome=quarantined'],
    inbox: [
      '',
      'view=waiting',
      'view=failed',
      'view=unanswered',
      'q=nadie',
      'view=failed&q=nadie',
      'view=unanswered&q=nadie',
      `tpv_id=${tpvId}&view=waiting`,
      'assigned=false',
    ],
    alarms: ['', 'state=ended'],
  };
  const pages = Object.entries(filters).flatMap(([list, queries]) =>
    queries.map((query): Asked => {
      return { name: `${list} ${query}`, path: `/api/admin/${list}?limit=200&${query}`, as: 'admin' };
    }),
  );
  const csv = ['instructions', 'pushes', 'users', 'audit'].map(
    (list): Asked => ({ name: `${list}.csv`, path: `/api/admin/${list}.csv`, as: 'admin', mostBytes: CSV_BYTES }),
  );
  return [...pages, ...csv];
}

function figures(tpvId: string): Asked[] {
  const admin = (path: string): Asked => ({ name: path, path, as: 'admin' });
  const tpv = (path: string): Asked => ({ name: path, path, as: 'tpv' });
  return [
    ...['/admin/', '/api/admin/overview', '/api/admin/settings', '/api/admin/accounts', '/api/admin/session'].map(
      admin,
    ),
    ...['/api/admin/activity?minutes=1440', `/api/admin/activity?minutes=1440&tpv_id=${tpvId}`].map(admin),
    ...[`/api/admin/tpvs/${tpvId}`, '/api/admin/users/5000000', '/api/admin/users/5000000/timeline?limit=200'].map(
      admin,
    ),
    ...['/metrics', '/readyz', '/docs/', '/docs/json', '/docs/yaml', '/docs/static/swagger-ui-bundle.js'].map(admin),
    ...['/api/tpv/stats/', '/api/tpv/info', '/api/tpv/users', '/api/tpv/instructions/?limit=100'].map(tpv),
  ];
}

/** What is refused, and what is taken, as long as a body may be. */
function bodies(): Asked[] {
  const upTo = (bytes: number, begin: string, piece: string, end: string) =>
    begin + piece.repeat(Math.floor((bytes - begin.length - end.length) / piece.length)) + end;
  const shapes: Record<string, string> = {
    'rows of buttons': upTo(MIB, '{"buttons":[[]', ',[{}]', ']}'),
    'empty rows': upTo(MIB, '{"buttons":[[]', ',[]', ']}'),
    'unknown fields': `{${Array.from({ length: 90_000 }, (_, i) => `"f${i}":1`).join(',')}}`,
    brackets: '['.repeat(MIB - 1),
    'one text': upTo(MIB, '{"text":"', 'a', '"}'),
    'open tags': upTo(MIB, '{"text":"', '<', '"}'),
    escapes: upTo(MIB, '{"text":"', '\\u0041', '"}'),
    numbers: upTo(MIB, '{"data":[0', ',1e9', ']}'),
    spaces: upTo(MIB, '{"text":1', ' ', '}'),
  };
  const routes: Pick<Asked, 'path' | 'method' | 'as'>[] = [
    { path: '/webhook/telegram/', method: 'POST', as: 'telegram' },
    { path: '/api/tpv/push', method: 'POST', as: 'tpv' },
    { path: '/api/tpv/heartbeat/', method: 'POST', as: 'tpv' },
    { path: '/api/tpv/register/', method: 'POST', as: 'stranger' },
    { path: '/api/tpv/instructions/00000000-0000-7000-8000-000000000000', method: 'PATCH', as: 'tpv' },
    { path: '/api/telegram/enviar_mensaje', method: 'POST', as: 'tpv' },
    { path: '/api/admin/login', method: 'POST', as: 'stranger' },
  ];
  return routes.flatMap((route) =>
    Object.entries(shapes).map(([shape, body]) => ({ ...route, name: `1 MiB of ${shape} → ${route.path}`, body })),
  );
}
