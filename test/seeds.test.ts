import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildProgram } from '@lakewright/cli/program';
import { projectRoot } from '@lakewright/config';
import { sqlFilesIn } from '@lakewright/constructs';
import { buildGraph, parsePipeline, withQuarantine } from '@lakewright/lakeflow/sql';
import { SynthesizedEnvironment } from './support/synthesized-environment';

/** docs/reference/seeds.md: what a seed's name is mapped to exists. */
const root = resolve(__dirname, '..');
const page = readFileSync(join(root, 'docs/reference/seeds.md'), 'utf8');
const rows = page.split('\n').filter((line) => line.startsWith('| ') && !/^\| (there|---)/.test(line));
const names = rows.flatMap((row) => [...row.split(' | ')[1]!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!));

let environment: SynthesizedEnvironment;
beforeAll(async () => {
  environment = await SynthesizedEnvironment.of('local');
});
afterAll(() => environment.remove());

test('every row maps its name to something', () => {
  expect(rows.length).toBeGreaterThanOrEqual(20);
  expect(rows.filter((row) => !row.split(' | ')[1]!.includes('`'))).toEqual([]);
});

test('everything that a name is mapped to exists', () => {
  const exists = [resources, tables(), commands].reduce<(name: string) => boolean>(
    (known, kind) => (name) => known(name) || kind(name),
    (name) => existsSync(join(root, name)),
  );
  expect(names.filter((name) => !exists(name))).toEqual([]);
  expect(
    ['aws_lambda_function.nobody', 'gold.nothing', 'gold.current_listings.nowhere', 'lakewright dance'].filter(exists),
  ).toEqual([]);
});

const NAMING = [
  'name',
  'bucket',
  'function_name',
  'display_name',
  'dashboard_name',
  'identifier',
  'endpoint_id',
  'replication_instance_id',
  'replication_task_id',
];

/** `type.name`: a resource of the type with that physical name, or that logical one, in any stack of the environment. */
function resources(name: string): boolean {
  const [type, ...rest] = name.split('.');
  if (!/^(aws|databricks)_/.test(type!)) return false;
  const named = environment
    .resources(type!)
    .flatMap(([address, attributes]) => [address.split('/')[1], ...NAMING.map((attribute) => attributes[attribute])]);
  return named.includes(rest.join('.'));
}

/** `schema.table` or `schema.table.column` of the pipelines' SQL. */
function tables(): (name: string) => boolean {
  const pipelines = [
    pipelineOf('apps/listings/pipelines', { staging_path: 's3://staging/' }),
    pipelineOf('apps/commerce/pipelines/medallion', { landing_path: '/Volumes/commerce_local/bronze/landing' }),
    pipelineOf('apps/commerce/pipelines/cdc', {}),
  ];
  return (name) => {
    const [schema, table, column] = name.split('.');
    return pipelines.some(({ sources, made }) => {
      if (!made.has(`${schema}.${table}`)) return false;
      return column === undefined || new RegExp(`\\b${column}\\b`).test(sourceOf(sources, `${schema}.${table}`));
    });
  };
}

function pipelineOf(folder: string, configuration: Readonly<Record<string, string>>) {
  const sources = sqlFilesIn(folder).map((path) => ({ path, text: readFileSync(join(projectRoot(), path), 'utf8') }));
  const graph = buildGraph(parsePipeline(withQuarantine(sources), configuration), { catalog: 'local', schema: 'bronze' });
  const made = graph.datasets.flatMap(({ table }) => (table ? [`${table.schema}.${table.name}`] : []));
  return { sources, made: new Set(made) };
}

function sourceOf(sources: readonly { readonly text: string }[], table: string): string {
  return sources.find(({ text }) => new RegExp(`(TABLE|VIEW) ${table}\\b`).test(text))?.text ?? '';
}

function commands(name: string): boolean {
  const [program, command] = name.split(' ');
  return program === 'lakewright' && buildProgram().commands.some((one) => one.name() === command);
}
