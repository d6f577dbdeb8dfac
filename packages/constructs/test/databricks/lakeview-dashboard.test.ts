import { LakeviewDashboard, type LakeviewDashboardProps, type LakewrightStack } from '../../src';
import { counter, dashboard, dataset } from '../../src/databricks/dashboard-builder';
import { refused, synthesized, testEnvironment } from '../synthesized';
import { folderOf, warehouseOf } from './lake';

const homes = dataset({ name: 'homes', query: "SELECT 'a' AS a FROM homes_dev.gold.homes", columns: { a: 'string' } });
const definition = dashboard({
  catalog: 'homes_dev',
  pages: [
    {
      name: 'now',
      displayName: 'Now',
      widgets: [counter(homes, { title: 'Homes', value: homes.count(), position: { x: 0, y: 0, width: 2, height: 2 } })],
    },
  ],
});

function dashboardOf(scope: LakewrightStack, props: Partial<LakeviewDashboardProps> = {}): LakeviewDashboard {
  const warehouse = warehouseOf(scope);
  return new LakeviewDashboard(scope, 'd', {
    displayName: 'Homes now',
    folder: folderOf(scope),
    warehouse,
    definition,
    ...props,
  });
}

test('the definition as it is, on the warehouse, with the rights of who looks', () => {
  const stack = synthesized((scope) => dashboardOf(scope));
  const deployed = stack.one('databricks_dashboard');
  expect(deployed).toMatchObject({
    display_name: 'Homes now',
    parent_path: '/homes',
    warehouse_id: expect.stringContaining('databricks_sql_endpoint.'),
    embed_credentials: false,
    depends_on: [expect.stringContaining('databricks_directory.'), expect.stringContaining('databricks_permissions.')],
  });
  expect(JSON.parse(deployed.serialized_dashboard as string)).toEqual(definition);
  expect(stack.all('databricks_permissions').filter((permissions) => permissions.dashboard_id)).toEqual([]);
});

test('everything set', () => {
  const { analysts } = testEnvironment().principals;
  const stack = synthesized((scope) => dashboardOf(scope, { permissions: [{ principal: analysts, level: 'CAN_READ' }] }));
  expect(stack.one('databricks_permissions', 'd_permissions')).toMatchObject({
    dashboard_id: expect.stringContaining('databricks_dashboard.'),
    access_control: [{ user_name: 'ann@example.com', permission_level: 'CAN_READ' }],
  });
});

test('a title that cannot be a file name', () => {
  const error = refused((scope) => dashboardOf(scope, { displayName: 'sale/rent' }));
  expect([error.code, error.message]).toEqual(['CONSTRUCT_DASHBOARD_NAME', expect.stringContaining('"sale/rent"')]);
});
