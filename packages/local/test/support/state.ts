import type { DeployedStack } from '@lakewright/deploy';

/** A resource as a test writes it: `[type, name, values, dependsOn?]`. */
export type TestResource = readonly [type: string, name: string, values: Record<string, unknown>, dependsOn?: readonly string[]];

/** A document in the shape of `terraform show -json`. */
export function stateOf(stack: string, folder: string, resources: readonly TestResource[]): DeployedStack {
  return {
    stack,
    folder,
    state: {
      format_version: '1.0',
      terraform_version: '1.11.4',
      values: {
        root_module: {
          resources: resources.map(([type, name, values, dependsOn]) => ({
            address: `${type}.${name}`,
            mode: 'managed',
            type,
            name,
            provider_name: `registry.terraform.io/hashicorp/${type.split('_')[0]}`,
            schema_version: 0,
            values,
            sensitive_values: {},
            ...(dependsOn ? { depends_on: dependsOn } : {}),
          })),
        },
      },
    },
  };
}
