import { LakewrightError } from '@lakewright/config';
import type { DeployedResource } from '../deployment/deployment';
import { AGGREGATIONS, type AlertSource, alerts, type DeployedAlert, OPERATORS } from '../workspace/alerts';
import type { ResourceRunner, Runner } from './runner';
import { type Block, block, optionalBoolean, optionalNumber, optionalText, text } from './values';

const alert: ResourceRunner = {
  limits: 'evaluated after each update and by lakewright status, not on its schedule; tells nobody',
  identity: (resource) => ({ path: pathOf(resource) }),
  async reconcile(resource, { local }) {
    return alerts(local.paths).put(pathOf(resource), deployedAlert(resource));
  },
  async remove({ identity }, { local }) {
    alerts(local.paths).delete(identity.path!);
  },
};

function pathOf(resource: DeployedResource): string {
  return `${optionalText(resource.values, 'parent_path') ?? ''}/${text(resource, 'display_name')}`;
}

function deployedAlert(resource: DeployedResource): DeployedAlert {
  const evaluation = block(resource.values, 'evaluation') ?? {};
  const operator = optionalText(evaluation, 'comparison_operator') as DeployedAlert['operator'] | undefined;
  if (operator === undefined || !Object.hasOwn(OPERATORS, operator)) {
    throw notEvaluated(resource, `comparison_operator ${operator ?? 'nothing'}`, Object.keys(OPERATORS));
  }
  const identity = block(resource.values, 'run_as') ?? {};
  const runAs = optionalText(identity, 'service_principal_name') ?? optionalText(identity, 'user_name');
  return {
    name: text(resource, 'display_name'),
    query: text(resource, 'query_text'),
    ...(runAs !== undefined && { runAs }),
    source: sourceOf(resource, block(evaluation, 'source') ?? {}),
    operator,
    threshold: thresholdOf(resource, evaluation),
    whenEmpty: (optionalText(evaluation, 'empty_result_state') ?? 'UNKNOWN') as DeployedAlert['whenEmpty'],
  };
}

function sourceOf(resource: DeployedResource, source: Block): AlertSource {
  const column = optionalText(source, 'name');
  if (column === undefined) throw notEvaluated(resource, 'a source without a name', ['a column of the query']);
  const given = optionalText(source, 'aggregation');
  if (given === undefined) return { column };
  const aggregation = AGGREGATIONS.find((each) => each === given);
  if (aggregation === undefined) throw notEvaluated(resource, `aggregation ${given}`, AGGREGATIONS);
  return { column, aggregation };
}

function thresholdOf(resource: DeployedResource, evaluation: Block): DeployedAlert['threshold'] {
  const value = block(block(evaluation, 'threshold') ?? {}, 'value') ?? {};
  const threshold =
    optionalNumber(value, 'double_value') ?? optionalText(value, 'string_value') ?? optionalBoolean(value, 'bool_value');
  if (threshold !== undefined) return threshold;
  throw notEvaluated(resource, 'a threshold that is a column', ['a value']);
}

function notEvaluated(resource: DeployedResource, what: string, supported: readonly string[]): LakewrightError {
  return new LakewrightError('LOCAL_ALERT', `${resource.address}: ${what} is not evaluated locally`, {
    hint: `supported: ${supported.join(', ')}`,
  });
}

/** Alerts of Databricks SQL. */
export const alertRunner: Runner = { family: 'alert', resources: { databricks_alert_v2: alert } };
