import { GlueDatabase } from '../../src';
import { refused, synthesized } from '../synthesized';
import { LakeParts } from './lake-parts';

test('a database lies in its folder of the bucket', () => {
  const stack = synthesized((scope) => new LakeParts(scope).database());
  expect(stack.one('aws_glue_catalog_database')).toMatchObject({
    name: 'homes',
    description: 'Homes',
    location_uri: 's3://homes-lake/homes/',
  });
});

test('grants: who reads sees catalog and files of this database alone; who has files has those of one table; who registers writes the catalog; who looks sees tables', () => {
  const stack = synthesized((scope) => {
    const parts = new LakeParts(scope);
    const [database, role] = [parts.database(), parts.role()];
    database.grantRead(role);
    database.grantRegister(role);
    database.grantLook(role);
    database.grantFiles(role, 'rooms');
  });
  const statements = stack.policy('aws_iam_role_policy', 'grantee').Statement;
  const catalog = statements.filter(({ Action }) => Action.some((action) => action.startsWith('glue:')));
  expect(catalog.map(({ Sid }) => Sid)).toEqual(['ReadTablesOfsilver', 'RegisterTablesOfsilver', 'LookForTablesOfsilver']);
  for (const { Resource } of catalog) {
    expect(Resource).toEqual([
      'arn:aws:glue:eu-west-1:123456789012:catalog',
      'arn:aws:glue:eu-west-1:123456789012:database/homes',
      'arn:aws:glue:eu-west-1:123456789012:table/homes/*',
    ]);
  }
  expect(catalog[2]?.Action).toEqual(['glue:GetTable']);
  const folders = statements
    .filter(({ Sid }) => /^(Read|Write|Delete)lake\d?$/.test(Sid))
    .map(({ Sid, Resource }) => [Sid, String(Resource).replace(/^.*\}/, '')]);
  expect(folders).toEqual([
    ['Readlake', '/homes/*'],
    ['Readlake2', '/homes/rooms/*'],
    ['Writelake', '/homes/rooms/*'],
    ['Deletelake', '/homes/rooms/*'],
  ]);
});

test('refused: a name that Athena does not take', () => {
  const error = refused((scope) => {
    const { bucket } = new LakeParts(scope);
    new GlueDatabase(scope, 'silver', { databaseName: 'Homes-1', description: 'Homes', bucket });
  });
  expect(error.code).toBe('CONSTRUCT_GLUE_DATABASE');
});
