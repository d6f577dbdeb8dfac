import { AlarmTopic, type LakewrightStack, MonthlyBudget, StackKey } from '../../src';
import { refused, synthesized } from '../synthesized';

function budgetOf(scope: LakewrightStack, limitUsd: number): MonthlyBudget {
  const key = new StackKey(scope, 'key', { description: 'Alarms', alias: 'alarms' });
  const alarms = new AlarmTopic(scope, 'alarms', { topicName: 'alarms', key });
  return new MonthlyBudget(scope, 'budget', { budgetName: 'monthly', limitUsd, alarms });
}

test('rings at four fifths spent, and when all of it is going to be', () => {
  const budget = synthesized((scope) => budgetOf(scope, 250)).one('aws_budgets_budget');
  expect(budget).toMatchObject({ name: 'monthly', limit_amount: '250.0', limit_unit: 'USD', time_unit: 'MONTHLY' });
  expect(budget.notification).toEqual([
    expect.objectContaining({ notification_type: 'ACTUAL', threshold: 80 }),
    expect.objectContaining({
      notification_type: 'FORECASTED',
      threshold: 100,
      subscriber_sns_topic_arns: [expect.stringContaining('aws_sns_topic.')],
    }),
  ]);
});

test('a budget of nothing', () => {
  expect(refused((scope) => budgetOf(scope, 0)).message).toContain('limitUsd: must be more than 0 (got 0)');
});
