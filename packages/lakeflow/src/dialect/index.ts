export { type NamedTable, queryReads, type StatementAccess, statementAccess } from './access';
export { type CatalogStatement, catalogStatement } from './catalog-statement';
export {
  prepareExpectation,
  prepareExpression,
  prepareQuery,
  prepareStatement,
  splitStatements,
  type WrittenQuery,
} from './prepare';
export type { Rule } from './rule';
export { RULES } from './rules';
