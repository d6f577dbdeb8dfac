import type { SourceLocation } from '@lakewright/config';

/** A stretch of SQL: what the engine gets is the text as written with the texts of the children put in, unless `parts` says otherwise. */
interface Base {
  /** Half-open range of tokens. */
  readonly start: number;
  end: number;
  /** In the order of the text, none overlapping another. */
  readonly children: readonly Node[];
  /** What stands in the place of this node for the engine; set by a rewrite. */
  parts?: readonly (string | Node)[];
  readonly location: SourceLocation;
}

export interface Literal extends Base {
  readonly kind: 'literal';
  /** The type as DDL; of NULL `void`. */
  readonly type: string;
  /** A number's digits, a string's value, else the text. */
  readonly value: string;
}
/** A column or a field of one, part by part as written. */
export interface Column extends Base {
  readonly kind: 'column';
  readonly names: readonly string[];
}
export interface Star extends Base {
  readonly kind: 'star';
  readonly qualifier: readonly string[];
  /** `* EXCEPT (a, t.b)`, each with its parts. */
  readonly except: readonly (readonly string[])[];
}
export interface Call extends Base {
  readonly kind: 'call';
  /** In lower case. */
  readonly name: string;
  readonly arguments: readonly Node[];
  readonly distinct: boolean;
  /** What follows the brackets: WITHIN GROUP, FILTER, OVER. */
  readonly tail: Node;
  readonly windowed: boolean;
}
export interface Cast extends Base {
  readonly kind: 'cast';
  readonly operand: Node;
  readonly type: string;
  readonly isTry: boolean;
}
/** `operand:a.b[0]`, the path as JSONPath without its `$`. */
export interface Path extends Base {
  readonly kind: 'path';
  readonly operand: Node;
  readonly steps: readonly PathStep[];
}
export type PathStep =
  /** `exact`: only with the same case, as names in brackets are. */
  { readonly kind: 'name'; readonly name: string; readonly exact: boolean } | { readonly kind: 'index'; readonly index: string };
export interface Binary extends Base {
  readonly kind: 'binary';
  /** In capitals. */
  readonly operator: string;
  readonly left: Node;
  readonly right: Node;
}
export interface Unary extends Base {
  readonly kind: 'unary';
  readonly operator: string;
  readonly operand: Node;
}
export interface Lambda extends Base {
  readonly kind: 'lambda';
  readonly parameters: readonly string[];
  readonly body: Node;
}
export interface Bracket extends Base {
  readonly kind: 'bracket';
}
/** What is true, false or NULL: comparisons, LIKE, IN, IS, BETWEEN, EXISTS. */
export interface Predicate extends Base {
  readonly kind: 'predicate';
}
/** What has no rule of its own: CASE, `a[0]`, `f(x).b`, intervals, window definitions, subqueries. */
export interface Other extends Base {
  readonly kind: 'other';
  readonly query?: QueryNode;
  /** What a CASE may give. */
  readonly results?: readonly Node[];
}

export interface Item extends Base {
  readonly kind: 'item';
  readonly expression: Node;
  readonly alias: string | undefined;
}
export interface TableNode extends Base {
  readonly kind: 'table';
  readonly names: readonly string[];
  readonly alias: string | undefined;
}
/** A subquery, VALUES or function in FROM. */
export interface Derived extends Base {
  readonly kind: 'derived';
  readonly alias: string | undefined;
  /** It may name columns of the relations before it. */
  readonly lateral: boolean;
  /** `LATERAL explode(...)`: the function, in lower case, its token and arguments; of a subquery there is none. */
  readonly generator?: { readonly name: string; readonly at: number; readonly arguments: readonly Node[] };
}
export interface Pivot extends Base {
  readonly kind: 'pivot';
  readonly input: Node;
  readonly aggregates: readonly Item[];
  readonly columns: readonly Node[];
  readonly values: readonly Item[];
  readonly alias: string | undefined;
}
export interface Join extends Base {
  readonly kind: 'join';
  readonly left: Node;
  readonly right: Node;
  /** In capitals, without JOIN; `,` for a comma. */
  readonly words: readonly string[];
  /** Tokens of the words, half open. */
  readonly at: readonly [number, number];
  readonly using: readonly string[] | undefined;
}
/** Relations in brackets. */
export interface Grouped extends Base {
  readonly kind: 'grouped';
  readonly inner: Node;
  readonly alias: string | undefined;
}
export interface LateralView extends Base {
  readonly kind: 'lateral_view';
  readonly alias: string;
  /** The generator, in lower case, and its token. */
  readonly name: string;
  readonly at: number;
  readonly arguments: readonly Node[];
}
export type Relation = TableNode | Derived | Pivot | Join | Grouped;

export interface SelectNode extends Base {
  readonly kind: 'select';
  readonly distinct: boolean;
  readonly items: readonly Item[];
  readonly from: Relation | undefined;
  readonly views: readonly LateralView[];
  /** GROUP BY ALL: the tokens. */
  readonly groupAll: readonly [number, number] | undefined;
  readonly qualify: { readonly condition: Node; readonly at: readonly [number, number] } | undefined;
}
export interface CommonTable extends Base {
  readonly kind: 'common_table';
  readonly name: string;
  readonly query: QueryNode;
}
export interface QueryNode extends Base {
  readonly kind: 'query';
  readonly with: readonly CommonTable[];
  /** SELECTs that it is made of, in the order of the text. */
  readonly operands: readonly Node[];
}

export type Node =
  | Literal
  | Column
  | Star
  | Call
  | Cast
  | Path
  | Binary
  | Unary
  | Lambda
  | Bracket
  | Predicate
  | Other
  | Item
  | Relation
  | LateralView
  | SelectNode
  | CommonTable
  | QueryNode;

/** The call or cast itself, its children rewritten. */
export function asWritten(node: Call | Cast): readonly (string | Node)[] {
  return [{ ...node, parts: undefined }];
}
