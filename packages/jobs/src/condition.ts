import { LakewrightError } from '@lakewright/config';
import type { ConditionAction, ConditionOperator } from './definition';

const NUMERIC: Readonly<Record<Exclude<ConditionOperator, 'EQUAL_TO' | 'NOT_EQUAL'>, (left: number, right: number) => boolean>> =
  {
    GREATER_THAN: (left, right) => left > right,
    GREATER_THAN_OR_EQUAL: (left, right) => left >= right,
    LESS_THAN: (left, right) => left < right,
    LESS_THAN_OR_EQUAL: (left, right) => left <= right,
  };

/**
 * Compares two values, references put in. Equality compares text: `12.0` is not `12`; the others compare numbers.
 * Source: docs.databricks.com, "Add branching logic to a job with the If/else task".
 *
 * @throws LakewrightError JOB_CONDITION where a number is needed and none is there
 */
export function compare({ left, operator, right }: Omit<ConditionAction, 'kind'>): boolean {
  if (operator === 'EQUAL_TO') return left === right;
  if (operator === 'NOT_EQUAL') return left !== right;
  return NUMERIC[operator](number(left), number(right));
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new LakewrightError('JOB_CONDITION', `a condition compares numbers, and "${text}" is none`, {
    hint: 'EQUAL_TO and NOT_EQUAL compare text',
  });
}
