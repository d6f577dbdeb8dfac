import { LakewrightError } from '@lakewright/config';
import type { Column, SqlEngine } from '../engine';
import type { SparkField, SparkType } from '../engine/spark-type';
import type { Cursor } from '../sql/cursor';
import type { Node } from './node';
import type { Renderer } from './render';
import type { Scope } from './scope';

/** What a rule may ask while it looks at a node. */
export interface Workbench {
  readonly engine: Pick<SqlEngine, 'describe'>;
  readonly cursor: Cursor;
  readonly render: Renderer;
  /** The type of an expression as Spark gives it; undefined when it cannot be told. Nothing is executed. */
  typeOf(node: Node, scope: Scope): Promise<SparkType | undefined>;
  /** Columns of a query, undefined when the engine cannot analyse it. */
  describe(query: string): Promise<readonly Column[] | undefined>;
  fieldsOf(query: string): Promise<readonly SparkField[] | undefined>;
  /** The operand types of this node could not be told: if the engine takes the statement all the same, it is refused. */
  undecided(node: Node): void;
}

/** Something that the default engine (Sail) has no syntax for or answers otherwise than Spark, and what is done about it. */
export interface Rule {
  readonly name: string;
  readonly kind: 'rewritten' | 'refused' | 'checked';
  /** What reaches the engine, or what to write instead. */
  readonly instead: string;
  /** SQL that it is about; every one is compared with Apache Spark or the documentation in the tests. */
  readonly examples: readonly string[];
  /** Called for every node, children first. Sets `parts`, or throws. */
  apply(node: Node, scope: Scope, bench: Workbench): Promise<void> | void;
}

/** @throws LakewrightError LAKEFLOW_ENGINE_WRONG_ANSWER */
export function refuse(node: Node, what: string, reason: string, alternative: string): never {
  throw new LakewrightError('LAKEFLOW_ENGINE_WRONG_ANSWER', `the engine gives wrong answers for ${what}: ${reason}`, {
    location: node.location,
    hint: alternative,
  });
}
