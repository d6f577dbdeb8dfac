import type { Rule } from '../rule';
import { dateDifference, decimalArithmetic, integerOverflow } from './arithmetic';
import { jsonPath } from './json-path';
import { lateralGenerator, pivot, variantTable } from './relations';
import { arrayContains, dateTrunc, fromJson, nvl, percentileApprox, resultTypes, tryArithmetic } from './results';
import { groupByAll, qualify, starExcept, usingColumn } from './select-list';
import { sumOfBigint } from './sums';
import { binaryText, jsonBrackets, numberText, toJson } from './texts';

/** Everything that differs between Spark and the default engine and can be seen with types; in the order in which it is applied to a node. */
export const RULES: readonly Rule[] = [
  jsonPath,
  jsonBrackets,
  decimalArithmetic,
  integerOverflow,
  dateDifference,
  sumOfBigint,
  resultTypes,
  dateTrunc,
  nvl,
  arrayContains,
  fromJson,
  percentileApprox,
  numberText,
  lateralGenerator,
  pivot,
  usingColumn,
  starExcept,
  groupByAll,
  qualify,
  tryArithmetic,
  binaryText,
  toJson,
  variantTable,
];
