import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Environment, loadEnvironment } from '@lakewright/config';
import { parse } from 'yaml';
import { bundleOf, checkBundle, type StackDocument, writeBundle } from '../src';

const folder = mkdtempSync(join(tmpdir(), 'lakewright-bundle-'));
let environment: Environment;
beforeAll(async () => {
  environment = await loadEnvironment({ name: 'prod', offline: true });
  mkdirSync(join(folder, 'stack/assets'), { recursive: true });
  writeFileSync(join(folder, 'stack/assets/generate.py'), 'print(1)\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const remote = (stack: string, output: string) =>
  `\${data.terraform_remote_state.cross-stack-reference-input-${stack}.outputs.${output}}`;

/** A stack of one of each kind, as the synth writes it. */
function shop(changes: Record<string, Record<string, Record<string, unknown>>> = {}): StackDocument {
  return {
    name: 'databricks-shop',
    folder: join(folder, 'stack'),
    json: {
      resource: {
        aws_iam_role: { role: { name: 'r' } },
        databricks_catalog: { c: { name: 'shop_prod', comment: 'Shop' } },
        databricks_schema: { s: { catalog_name: '${databricks_catalog.c.name}', name: 'bronze', force_destroy: false } },
        databricks_volume: {
          v: {
            catalog_name: '${databricks_catalog.c.name}',
            schema_name: '${databricks_schema.s.name}',
            name: 'landing',
            volume_type: 'MANAGED',
            depends_on: ['databricks_schema.s'],
          },
        },
        databricks_grants: {
          of_catalog: {
            catalog: '${databricks_catalog.c.name}',
            grant: [{ principal: 'analysts', privileges: ['USE_CATALOG'] }],
          },
          of_schema: {
            schema: '${databricks_catalog.c.name}.${databricks_schema.s.name}',
            grant: [{ principal: 'analysts', privileges: ['SELECT', 'USE_SCHEMA'] }],
          },
          of_volume: { volume: '${databricks_volume.v.id}', grant: [{ principal: 'sp', privileges: ['READ_VOLUME'] }] },
        },
        databricks_workspace_file: {
          f: { path: '/lakewright/prod/shop/jobs/generate.py', source: 'assets/generate.py' },
        },
        databricks_pipeline: {
          p: {
            name: 'shop',
            catalog: '${databricks_catalog.c.name}',
            configuration: { orders: `s3://${remote('aws-shop', 'bucket')}/orders/` },
            library: [{ file: { path: '${databricks_workspace_file.f.path}' } }],
          },
        },
        databricks_job: {
          j: {
            name: 'shop job',
            parameter: [{ name: 'day', default: '1' }],
            environment: [{ environment_key: 'default', spec: { environment_version: '4' } }],
            task: [
              {
                task_key: 'generate',
                environment_key: 'default',
                spark_python_task: {
                  python_file: '${databricks_workspace_file.f.workspace_path}',
                  parameters: ['{{job.run_id}}'],
                },
              },
              {
                task_key: 'update',
                depends_on: [{ task_key: 'generate' }],
                pipeline_task: { pipeline_id: '${databricks_pipeline.p.id}' },
              },
              { task_key: 'ask', sql_task: { warehouse_id: remote('databricks-foundation', 'warehouse') } },
            ],
          },
        },
        databricks_permissions: {
          of_job: { job_id: '${databricks_job.j.id}', access_control: [{ group_name: 'ops', permission_level: 'CAN_VIEW' }] },
          of_folder: { directory_path: '/x', access_control: [] },
        },
        databricks_dashboard: {
          d: {
            display_name: 'Sales today',
            parent_path: '/x',
            serialized_dashboard: '{"pages":[]}',
            warehouse_id: remote('databricks-foundation', 'warehouse'),
          },
        },
        ...changes,
      },
    },
  };
}
const others: StackDocument[] = [
  {
    name: 'aws-shop',
    folder,
    json: {
      resource: { aws_s3_bucket: { b: { bucket: 'shop-orders' } } },
      output: { bucket: { value: '${aws_s3_bucket.b.bucket}' }, arn: { value: '${aws_s3_bucket.b.arn}' } },
    },
  },
  {
    name: 'databricks-foundation',
    folder,
    json: {
      resource: { databricks_sql_endpoint: { w: { name: 'lakewright' } } },
      output: { warehouse: { value: '${databricks_sql_endpoint.w.id}' } },
    },
  },
];
const bundle = (stack = shop()) => bundleOf({ system: 'shop', environment, stacks: [...others, stack] });

test('every resource that a bundle knows, in its words, with references that a bundle follows', () => {
  const { document } = bundle();
  expect(document).toEqual({
    bundle: { name: 'shop' },
    variables: { warehouse_id: { description: 'Id of the warehouse lakewright', lookup: { warehouse: 'lakewright' } } },
    resources: {
      schemas: {
        bronze: {
          catalog_name: 'shop_prod',
          name: 'bronze',
          grants: [{ principal: 'analysts', privileges: ['SELECT', 'USE_SCHEMA'] }],
        },
      },
      volumes: {
        landing: {
          catalog_name: 'shop_prod',
          schema_name: '${resources.schemas.bronze.name}',
          name: 'landing',
          volume_type: 'MANAGED',
          grants: [{ principal: 'sp', privileges: ['READ_VOLUME'] }],
        },
      },
      pipelines: {
        shop: {
          name: 'shop',
          catalog: 'shop_prod',
          configuration: { orders: 's3://shop-orders/orders/' },
          libraries: [{ file: { path: './files/jobs/generate.py' } }],
        },
      },
      jobs: {
        shop_job: {
          name: 'shop job',
          parameters: [{ name: 'day', default: '1' }],
          environments: [{ environment_key: 'default', spec: { environment_version: '4' } }],
          tasks: [
            {
              task_key: 'generate',
              environment_key: 'default',
              spark_python_task: { python_file: './files/jobs/generate.py', parameters: ['{{job.run_id}}'] },
            },
            {
              task_key: 'update',
              depends_on: [{ task_key: 'generate' }],
              pipeline_task: { pipeline_id: '${resources.pipelines.shop.id}' },
            },
            { task_key: 'ask', sql_task: { warehouse_id: '${var.warehouse_id}' } },
          ],
          permissions: [{ level: 'CAN_VIEW', group_name: 'ops' }],
        },
      },
      dashboards: {
        sales_today: {
          display_name: 'Sales today',
          warehouse_id: '${var.warehouse_id}',
          file_path: './dashboards/sales_today.lvdash.json',
        },
      },
    },
    targets: {
      prod: {
        default: true,
        workspace: { host: environment.databricks.host, root_path: '/Workspace/lakewright/prod/shop/bundle' },
      },
    },
  });
});

test('what hangs on AWS stays with Terraform, and is told', () => {
  expect(bundle().leftOut.map(({ type, count }) => [type, count])).toEqual([
    ['aws_iam_role', 1],
    ['databricks_catalog', 1],
    ['databricks_grants', 1],
    ['databricks_permissions', 1],
  ]);
});

test('is written with its files; an export of before is written over, anything else is not', () => {
  const target = join(folder, 'out');
  writeBundle(target, bundle());
  expect(readFileSync(join(target, 'files/jobs/generate.py'), 'utf8')).toBe('print(1)\n');
  expect(JSON.parse(readFileSync(join(target, 'dashboards/sales_today.lvdash.json'), 'utf8'))).toEqual({ pages: [] });
  const text = readFileSync(join(target, 'databricks.yml'), 'utf8');
  expect(text).toContain('#   1 databricks_catalog: stays with Terraform');
  expect(parse(text)).toEqual(bundle().document);
  writeBundle(target, bundle());
  const mine = join(folder, 'mine');
  mkdirSync(mine);
  writeFileSync(join(mine, 'thesis.txt'), 'all of it');
  expect(() => writeBundle(mine, bundle())).toThrow(expect.objectContaining({ code: 'BUNDLE_FOLDER', exitCode: 2 }));
  expect(existsSync(join(mine, 'databricks.yml'))).toBe(false);
});

test('what only a deployment would know is refused', () => {
  const stack = shop({ databricks_pipeline: { p: { name: 'shop', configuration: { arn: remote('aws-shop', 'arn') } } } });
  expect(() => bundle(stack)).toThrow(
    expect.objectContaining({ code: 'BUNDLE_REFERENCE', message: expect.stringContaining('aws_s3_bucket.b.arn') }),
  );
  expect(() => bundleOf({ system: 'other', environment, stacks: others })).toThrow(
    expect.objectContaining({ code: 'BUNDLE_STACK' }),
  );
});

test('a schema is held against the bundle, and every word that it does not know is told', () => {
  const schema = {
    type: 'object',
    properties: { bundle: { type: 'object', properties: { name: { type: 'number' } } }, resources: {}, targets: {} },
    additionalProperties: false,
  };
  expect(() => checkBundle(bundle().document, schema)).toThrow(expect.objectContaining({ code: 'BUNDLE_SCHEMA' }));
  expect(() => checkBundle(bundle().document, schema)).toThrow(
    /additional properties \(variables\)[\s\S]*\/bundle\/name: must be number/,
  );
  expect(() => checkBundle(bundle().document, { type: 'object', required: ['bundle'] })).not.toThrow();
});
