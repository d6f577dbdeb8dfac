import { JobScripts } from '../../src';
import { refused, synthesized } from '../synthesized';
import { LakeParts, SCRIPTS } from './lake-parts';

test('the Python files of a folder are uploaded as they are, and nothing else', () => {
  let location = '';
  const stack = synthesized((scope) => {
    location = new LakeParts(scope).scripts().location('load.py');
  });
  expect(location).toBe('s3://homes-lake/scripts/load.py');
  const objects = stack.all('aws_s3_object');
  expect(objects.map(({ key }) => key)).toEqual(['scripts/load.py', 'scripts/table.py']);
  for (const object of objects) {
    expect(object.source).toMatch(/^assets\/.*\.py$/);
    // A changed file is a changed plan.
    expect(object.source_hash).toBe(`\${filesha256("${object.source}")}`);
  }
});

test('refused: a file that is not there, and a folder without Python', () => {
  const missing = refused((scope) => new LakeParts(scope).scripts().location('other.py'));
  expect(missing.code).toBe('CONSTRUCT_JOB_SCRIPT');
  expect(missing.hint).toBe('it has load.py, table.py');
  const empty = refused((scope) => {
    const { bucket } = new LakeParts(scope);
    new JobScripts(scope, 'scripts', { folder: `${SCRIPTS}/none`, bucket, prefix: 'scripts/' });
  });
  expect(empty.code).toBe('CONSTRUCT_JOB_SCRIPT');
});
