import { SynthesizedEnvironment } from '../../../test/support/synthesized-environment';

test('one serverless warehouse of the size of the environment, for the three kinds of people', async () => {
  const synthesized = await SynthesizedEnvironment.of('prod', { systems: [] });
  try {
    const { resource } = synthesized.stack('databricks-foundation');
    expect(Object.values(resource.databricks_sql_endpoint ?? {})).toEqual([
      expect.objectContaining({ name: 'lakewright', cluster_size: 'Small', enable_serverless_compute: true }),
    ]);
    const [permissions] = Object.values(resource.databricks_permissions ?? {});
    expect(permissions?.access_control).toEqual([
      { group_name: 'data_engineers', permission_level: 'CAN_MONITOR' },
      { group_name: 'analysts', permission_level: 'CAN_USE' },
      { service_principal_name: expect.stringMatching(/^[0-9a-f-]{36}$/), permission_level: 'CAN_USE' },
    ]);
  } finally {
    synthesized.remove();
  }
});
