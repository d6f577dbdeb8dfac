import type { Rule } from '../rule';
import { dateDifference, decimalArithmetic, integerOverflow } from './arithmetic';
import { jsonPath } from './json-path';
import { floatArithmetic, mixedTypes, setOperations } from './mixed-types';
import { explodeMap, lateralGenerator, pivot, variantTable } from './relations';
import {
  arrayContains,
  dateTrunc,
  fromJson,
  leastInt,
  negativeLength,
  nvl,
  parseUrl,
  percentileApprox,
  remainders,
  resultTypes,
  rounding,
  tryArithmetic,
  untypedList,
} from './results';
import { groupByAll, qualify, starExcept, usingColumn } from './select-list';
import { sumOfBigint } from './sums';
import { binaryText, jsonBrackets, numberText, toJson } from './texts';

/** Everything that differs between Spark and the default engine and can be seen with types; in the order in which it is applied to a node. */
export const RULES: readonly Rule[] = [
  jsonPath,
  jsonBrackets,
  leastInt,
  decimalArithmetic,
  floatArithmetic,
  integerOverflow,
  dateDifference,
  sumOfBigint,
  resultTypes,
  dateTrunc,
  mixedTypes,
  setOperations,
  rounding,
  remainders,
  negativeLength,
  nvl,
  arrayContains,
  fromJson,
  percentileApprox,
  numberText,
  explodeMap,
  lateralGenerator,
  pivot,
  usingColumn,
  starExcept,
  groupByAll,
  qualify,
  parseUrl,
  tryArithmetic,
  untypedList,
  binaryText,
  toJson,
  variantTable,
];
