import { BudgetsBudget } from '@cdktf/provider-aws/lib/budgets-budget';
import { LakewrightError } from '@lakewright/config';
import { Construct } from 'constructs';
import type { AlarmTopic } from './alarm-topic';

export interface MonthlyBudgetProps {
  readonly budgetName: string;
  /** US dollars a month. */
  readonly limitUsd: number;
  readonly alarms: AlarmTopic;
}

/** Rings when the account has spent four fifths of the month's money, and when it is going to spend all of it. */
export class MonthlyBudget extends Construct {
  readonly budget: BudgetsBudget;

  constructor(scope: Construct, id: string, props: MonthlyBudgetProps) {
    super(scope, id);
    this.validateLimit(props.limitUsd);
    const notification = {
      comparisonOperator: 'GREATER_THAN',
      thresholdType: 'PERCENTAGE',
      subscriberSnsTopicArns: [props.alarms.arn],
    };
    this.budget = new BudgetsBudget(this, 'budget', {
      name: props.budgetName,
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      limitAmount: props.limitUsd.toFixed(1),
      limitUnit: 'USD',
      notification: [
        { ...notification, notificationType: 'ACTUAL', threshold: 80 },
        { ...notification, notificationType: 'FORECASTED', threshold: 100 },
      ],
    });
  }

  private validateLimit(limit: number): void {
    if (limit > 0) return;
    throw new LakewrightError('CONSTRUCT_BUDGET', `limitUsd: must be more than 0 (got ${limit})`, {
      hint: 'budgetUsd of the environment',
    });
  }
}
