import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@lakewright/config';
import { PayloadError, readPayload } from '../lambdas/initial_configuration/payload';

const file = (name: string) => JSON.parse(readFileSync(join(projectRoot(), 'apps/certifications', name), 'utf8'));

/** What is wrong with a payload, by line. */
function problems(payload: unknown): string[] {
  try {
    readPayload(payload);
  } catch (error) {
    if (error instanceof PayloadError) return error.message.split('\n');
    throw error;
  }
  return [];
}

test('both payloads of the system are read, and defaults filled', () => {
  const configuration = readPayload(file('initial_configuration.json'));
  if (configuration.kind !== 'initial_configuration') throw new Error(configuration.kind);
  expect(configuration.tables.map(({ name, rows }) => [name, rows.length])).toEqual([
    ['vendors', 3],
    ['certifications', 6],
    ['users', 6],
    ['certifications_awarded', 8],
  ]);
  expect(configuration.tables[0]?.columns[0]).toEqual({
    name: 'id',
    type: 'smallint unsigned',
    nullable: false,
    auto_increment: true,
  });
  const upserts = readPayload(file('apply_upserts.json'));
  if (upserts.kind !== 'upserts') throw new Error(upserts.kind);
  expect(upserts.changes.map((change) => [change.table, change.upsert.length, change.delete.length])).toEqual([
    ['vendors', 2, 0],
    ['certifications', 3, 0],
    ['users', 2, 0],
    ['certifications_awarded', 4, 2],
  ]);
});

test('what is no payload is refused by field', () => {
  expect(problems(undefined)).toHaveLength(1);
  expect(problems({ kind: 'drop everything' })[0]).toMatch(/^kind: /);
  expect(problems({ kind: 'upserts', changes: [{ table: 'users', upsert: [{ id: 1 }], truncate: true }] })[0]).toMatch(
    /^changes\.0: /,
  );
  expect(problems({ ...file('initial_configuration.json'), binlog_retention_hours: 0 })[0]).toMatch(/^binlog_retention_hours: /);
});

test.each([
  'x; DROP TABLE users',
  'int) ENGINE=MEMORY --',
  "enum('a', 'b')",
  "enum('a'',b')",
  'INT',
  'varchar(10) unsigned zerofill',
  'varchar(10,2,3)',
  '',
])('a type that could carry more than a type is refused: %s', (type) => {
  const tables = [{ name: 't', columns: [{ name: 'id', type }], primary_key: ['id'] }];
  expect(problems({ ...file('initial_configuration.json'), tables })[0]).toMatch(/^tables\.0\.columns\.0\.type: must be a type/);
});

test.each([
  'users`',
  'users; DROP',
  'Users',
  '1users',
  '',
  'a'.repeat(33),
  'üsers',
])('a name that is no plain name is refused: %s', (table) => {
  expect(problems({ kind: 'upserts', changes: [{ table }] })[0]).toMatch(/^changes\.0\.table: must be a name/);
  expect(problems({ kind: 'upserts', changes: [{ table: 'users', upsert: [{ [table]: 1 }] }] })).toHaveLength(1);
});
