import { type Compilable, type Expression, type Kysely, SelectQueryNode, sql } from 'kysely';
import type { Schema } from './schema.ts';

/** Stands for the parameter `name` in a query that is being built. */
export type Parameters<P> = <K extends keyof P & string>(name: K) => Expression<P[K]>;

/**
 * A query that is built by Kysely once and run many times with other parameters. What runs for every update is one
 * of these: building a query costs more than running it.
 */
export interface Statement<P, R> {
  build(db: Kysely<Schema>, parameter: Parameters<P>): Compilable<R>;
}

/**
 * Declares a statement: `statement<{ id: string }>()((db, p) => db.selectFrom('instructions').where('id', '=', p('id')))`.
 */
export function statement<P>() {
  return <R>(build: Statement<P, R>['build']): Statement<P, R> => ({ build });
}

/** A statement as one dialect spells it. */
export interface Compiled {
  sql: string;
  /** Whether it can change anything. */
  writes: boolean;
  /** The values in the order in which the text takes them. */
  bind(parameters: Readonly<Record<string, unknown>>): unknown[];
}

class Slot {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** Compiles statements for one database, each once. */
export function compiler(db: Kysely<Schema>): <P, R>(statement: Statement<P, R>) => Compiled {
  const done = new WeakMap<object, Compiled>();
  return (statement) => {
    const known = done.get(statement);
    if (known !== undefined) return known;
    const query = statement.build(db, (name) => sql`${new Slot(name)}`).compile();
    const slots = query.parameters;
    const compiled: Compiled = {
      sql: query.sql,
      writes: !SelectQueryNode.is(query.query),
      bind: (parameters) => slots.map((slot) => (slot instanceof Slot ? parameters[slot.name] : slot)),
    };
    done.set(statement, compiled);
    return compiled;
  };
}
