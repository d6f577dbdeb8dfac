import { validateDmsIdentifier } from '../../src/aws/dms-identifier';
import { refused } from '../synthesized';

test.each(['homes', 'homes-2', 'a', `h${'-x'.repeat(15)}`])('%s can end an ARN', (name) => {
  expect(() => validateDmsIdentifier('taskName', name)).not.toThrow();
});

test.each(['', 'Homes', '2homes', 'homes-', 'homes--2', 'my_homes', 'x'.repeat(32)])('"%s" cannot', (name) => {
  const error = refused(() => validateDmsIdentifier('taskName', name));
  expect(error.code).toBe('CONSTRUCT_DMS_IDENTIFIER');
  expect(error.message).toContain(`taskName: must be 1 to 31 characters`);
  expect(error.message).toContain(`(got "${name}")`);
});
