import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';

export const PARTS = ['traffic', 'polls', 'press', 'sockets', 'rows', 'panel', 'loop', 'postgres'] as const;
export type Part = (typeof PARTS)[number];

export interface BenchOptions {
  parts: readonly Part[];
  seconds: number;
  rate: number;
  rounds: number;
  connections: number;
  tpvs: number;
  sockets: number;
  rows: readonly number[];
  dir: string;
  diskMs: number;
  roundTripMs: number;
}

export const HELP = `Measures the hub as it ships: a process of its own, SQLite, durable. This program plays Telegram and
the TPVs on the same machine, so its own work takes from the hub's: compare runs with runs, not with other machines.

  npm run bench -- [parts] [options]

  parts               some of traffic polls press sockets rows panel loop postgres (all); so does --only <part,part>
  --seconds <n>       length of each run, such as 5 or 0.2 (5)
  --rate <n>          updates per second where the rate is fixed (300)
  --rounds <n>        how often each page of the panel is opened, it stays open for a run, and a message's buttons are
                      pressed (5)
  --connections <n>   connections that send updates, or poll (40)
  --tpvs <n>          TPVs with a socket (4)
  --sockets <n>       idle sockets, one TPV each; the more, the steadier the figure (4000)
  --rows <n,n>        instructions that the database has already (10000,1000000); the panel is opened on the most of
                      them, with a tenth as many people and a thousandth as many TPVs; it needs Chromium. "loop" asks for
                      every page, list and long body on as many, and measures what /healthz waits meanwhile
  --disk-ms <n>       each sync of the disk takes so much longer (0), by a library that is compiled for it
  --round-trip-ms <n> how far away the PostgreSQL of "postgres" is in its last run (3)
  --dir <folder>      where the databases are made, on the disk to measure (${tmpdir()})
`;

/**
 * Reads the command line; undefined where it asks for help.
 * @throws Error with a sentence
 */
export function benchOptions(): BenchOptions | undefined {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      only: { ...text, default: PARTS.join(',') },
      seconds: { ...text, default: '5' },
      rate: { ...text, default: '300' },
      rounds: { ...text, default: '5' },
      connections: { ...text, default: '40' },
      tpvs: { ...text, default: '4' },
      sockets: { ...text, default: '4000' },
      rows: { ...text, default: '10000,1000000' },
      'disk-ms': { ...text, default: '0' },
      'round-trip-ms': { ...text, default: '3' },
      dir: { ...text, default: tmpdir() },
    },
  });
  if (values.help === true) return undefined;
  return {
    parts: (positionals.length > 0 ? positionals : values.only.split(',')).map(partOf),
    seconds: seconds(values.seconds),
    rate: whole('rate', values.rate),
    rounds: whole('rounds', values.rounds),
    connections: whole('connections', values.connections),
    tpvs: whole('tpvs', values.tpvs),
    sockets: whole('sockets', values.sockets),
    rows: values.rows.split(',').map((rows) => whole('rows', rows)),
    dir: values.dir,
    roundTripMs: whole('round-trip-ms', values['round-trip-ms']),
    diskMs: values['disk-ms'] === '0' ? 0 : whole('disk-ms', values['disk-ms']),
  };
}

function partOf(name: string): Part {
  const part = PARTS.find((known) => known === name);
  if (part === undefined) throw new Error(`The parts are ${PARTS.join(', ')}; there is no "${name}".`);
  return part;
}

function seconds(value: string): number {
  const number = Number(value);
  if (!/^\d{1,6}(\.\d{1,3})?$/.test(value) || number === 0) {
    throw new Error(`--seconds takes a number above 0, and not "${value}".`);
  }
  return number;
}

function whole(name: string, value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new Error(`--${name} takes a whole number from 1, and not "${value}".`);
  return Number(value);
}
