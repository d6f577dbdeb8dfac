import { bucketName, catalogName, loadEnvironment, workspaceFolder } from '@lakewright/config';

test('bucket names differ between environments because accounts do; catalogs carry the environment', async () => {
  const [dev, prod] = await Promise.all(['dev', 'prod'].map((name) => loadEnvironment({ name })));
  expect(bucketName(dev!, 'listings', 'staging')).toBe('lakewright-listings-staging-dev-111111111111');
  expect(bucketName(prod!, 'listings', 'staging')).not.toBe(bucketName(dev!, 'listings', 'staging'));
  expect(catalogName(prod!, 'listings')).toBe('listings_prod');
});

test('files lie in a folder of the environment and the system, outside what every user may write', async () => {
  const prod = await loadEnvironment({ name: 'prod' });
  expect(workspaceFolder(prod, 'listings')).toBe('/Workspace/lakewright/prod/listings');
});

test.each([
  'UPPER',
  'under_score',
  'far-too-long-for-a-bucket-name-of-sixty-three-characters',
])('refuses the bucket part %s', async (part) => {
  const dev = await loadEnvironment({ name: 'dev' });
  expect(() => bucketName(dev, 'listings', part)).toThrow(expect.objectContaining({ code: 'CONFIG_NAME' }));
});
