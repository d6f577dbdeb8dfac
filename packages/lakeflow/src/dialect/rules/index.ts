import type { Rule } from '../rule';
import { dateDifference, decimalArithmetic, integerOverflow } from './arithmetic';
import { decimalToDouble, doubleToDecimal, rounding } from './doubles';
import { jsonPath } from './json-path';
import { floatArithmetic, mixedComparison, mixedTypes, setOperations } from './mixed-types';
import { narrowingCast } from './narrowing';
import { explodeMap, lateralGenerator, pivot, variantTable } from './relations';
import {
  arrayContains,
  dateTrunc,
  fromJson,
  isNan,
  leastInt,
  negativeLength,
  nullIf,
  nvl,
  parseUrl,
  percentileApprox,
  remainders,
  resultTypes,
  tryArithmetic,
  untypedList,
  wholeDecimal,
} from './results';
import { groupByAll, qualify, starExcept, usingColumn } from './select-list';
import { averageOfDecimal, sumOfBigint } from './sums';
import { binaryText, formatNumber, jsonBrackets, numberText, toJson } from './texts';

/** Everything that differs between Spark and the default engine and can be seen with types; in the order in which it is applied to a node. */
export const RULES: readonly Rule[] = [
  jsonPath,
  jsonBrackets,
  leastInt,
  decimalArithmetic,
  floatArithmetic,
  integerOverflow,
  dateDifference,
  narrowingCast,
  doubleToDecimal,
  decimalToDouble,
  sumOfBigint,
  averageOfDecimal,
  resultTypes,
  dateTrunc,
  mixedTypes,
  mixedComparison,
  setOperations,
  rounding,
  remainders,
  negativeLength,
  wholeDecimal,
  nvl,
  nullIf,
  isNan,
  arrayContains,
  fromJson,
  percentileApprox,
  numberText,
  formatNumber,
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
