import {
  type Compilable,
  type Expression,
  type Kysely,
  type KyselyPlugin,
  OperationNodeTransformer,
  SelectQueryNode,
  SqliteAdapter,
  sql,
  ValueNode,
} from 'kysely';
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

/**
 * Constants of a statement stand in its text: a partial index is found by a value that is known when the text is
 * prepared.
 */
class ConstantsInText extends OperationNodeTransformer implements KyselyPlugin {
  transformQuery: KyselyPlugin['transformQuery'] = ({ node, queryId }) => this.transformNode(node, queryId);
  transformResult: KyselyPlugin['transformResult'] = async ({ result }) => result;

  protected override transformValue(node: ValueNode): ValueNode {
    const { value } = node;
    const isConstant = value === null || typeof value === 'string' || typeof value === 'number';
    return isConstant ? ValueNode.createImmediate(value) : node;
  }
}

/**
 * How SQLite's texts spell a parameter. A bare `?` lets its planner look at the value, and then each execution prepares
 * the statement anew, which takes ten times as long as running it (sqlite3VdbeSetVarmask; seen with every join). What is
 * an expression it does not look into, and finds the same index for it.
 */
const SQLITE_PARAMETER = sql`+`;

/** Compiles statements for one database, each once. */
export function compiler(given: Kysely<Schema>): <P, R>(statement: Statement<P, R>) => Compiled {
  const done = new WeakMap<object, Compiled>();
  const isSqlite = given.getExecutor().adapter instanceof SqliteAdapter;
  const db = isSqlite ? given.withPlugin(new ConstantsInText()) : given;
  const spelling = isSqlite ? SQLITE_PARAMETER : sql``;
  return (statement) => {
    const known = done.get(statement);
    if (known !== undefined) return known;
    const query = statement.build(db, (name) => sql`${spelling}${new Slot(name)}`).compile();
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
