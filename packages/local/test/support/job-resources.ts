import type { TestResource } from './state';

/** A file of the workspace with its text. */
export function fileResource(path: string, text: string): TestResource {
  const name = path.replaceAll(/\W+/g, '_');
  return ['databricks_workspace_file', name, { path, content_base64: Buffer.from(text).toString('base64') }];
}

export function pipelineResource(name: string, files: readonly string[], catalog = 'shop'): TestResource {
  const library = files.map((path) => ({ file: [{ path }] }));
  const run_as = [{ service_principal_name: '00000000-0000-4000-8000-00000000005a' }];
  return ['databricks_pipeline', name, { id: `${name}-id`, name, catalog, schema: 'bronze', library, run_as }];
}

export interface JobValues {
  readonly tasks: readonly (Record<string, unknown> & { readonly task_key: string })[];
  readonly [attribute: string]: unknown;
}

/** A job as Terraform's state has it: every block a list. */
export function jobResource(name: string, { tasks, ...values }: JobValues): TestResource {
  return ['databricks_job', name, { id: String(1000 + name.length), name, task: tasks, ...values }];
}

export function after(...keys: readonly string[]) {
  return keys.map((task_key) => ({ task_key }));
}
