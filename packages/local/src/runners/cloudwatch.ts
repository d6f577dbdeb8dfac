import {
  type ComparisonOperator,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  type Statistic,
} from '@aws-sdk/client-cloudwatch';
import type { DeployedResource } from '../deployment/deployment';
import { mend } from './mend';
import type { ResourceRunner, Runner } from './runner';
import { blocks, optionalBoolean, optionalNumber, optionalText, text, textMap, texts } from './values';

const alarm: ResourceRunner = {
  limits: 'sees metrics that somebody puts, not those that AWS services emit by themselves',
  identity: (resource) => ({ name: text(resource, 'alarm_name') }),
  async reconcile(resource, { aws: { cloudwatch } }) {
    const wanted = alarmInput(resource);
    const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [wanted.AlarmName!] }));
    return mend(MetricAlarms[0], wanted, () => cloudwatch.send(new PutMetricAlarmCommand(wanted)));
  },
  async remove({ identity }, { aws: { cloudwatch } }) {
    await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [identity.name!] }));
  },
};

function alarmInput(resource: DeployedResource): PutMetricAlarmCommandInput {
  const { values } = resource;
  const queries = blocks(values, 'metric_query');
  return {
    AlarmName: text(resource, 'alarm_name'),
    AlarmDescription: optionalText(values, 'alarm_description'),
    ActionsEnabled: optionalBoolean(values, 'actions_enabled') ?? true,
    ComparisonOperator: text(resource, 'comparison_operator') as ComparisonOperator,
    EvaluationPeriods: optionalNumber(values, 'evaluation_periods'),
    DatapointsToAlarm: optionalNumber(values, 'datapoints_to_alarm') || undefined,
    Threshold: optionalNumber(values, 'threshold'),
    TreatMissingData: optionalText(values, 'treat_missing_data') ?? 'missing',
    AlarmActions: texts(values, 'alarm_actions'),
    OKActions: texts(values, 'ok_actions'),
    InsufficientDataActions: texts(values, 'insufficient_data_actions'),
    ...(queries.length > 0 ? { Metrics: queries.map(metricQuery) } : metric(values)),
  };
}

function metric(values: DeployedResource['values']) {
  return {
    Namespace: optionalText(values, 'namespace'),
    MetricName: optionalText(values, 'metric_name'),
    Statistic: optionalText(values, 'statistic') as Statistic | undefined,
    ExtendedStatistic: optionalText(values, 'extended_statistic'),
    Period: optionalNumber(values, 'period'),
    Unit: undefined,
    Dimensions: Object.entries(textMap(values, 'dimensions')).map(([Name, Value]) => ({ Name, Value })),
  };
}

function metricQuery(query: DeployedResource['values']) {
  const [single] = blocks(query, 'metric');
  return {
    Id: optionalText(query, 'id'),
    Expression: optionalText(query, 'expression'),
    Label: optionalText(query, 'label'),
    ReturnData: optionalBoolean(query, 'return_data') ?? false,
    ...(single
      ? {
          MetricStat: {
            Metric: {
              Namespace: optionalText(single, 'namespace'),
              MetricName: optionalText(single, 'metric_name'),
              Dimensions: Object.entries(textMap(single, 'dimensions')).map(([Name, Value]) => ({ Name, Value })),
            },
            Period: optionalNumber(single, 'period'),
            Stat: optionalText(single, 'stat'),
          },
        }
      : {}),
  };
}

/** Alarms on metrics. */
export const cloudwatchRunner: Runner = { family: 'cloudwatch', resources: { aws_cloudwatch_metric_alarm: alarm } };
