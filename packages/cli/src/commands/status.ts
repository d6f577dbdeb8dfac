import type { Freshness } from '@lakewright/local';
import type { Command } from 'commander';
import { formatRows } from '../format';

/** `status`: services, what is deployed and how much of it really runs, rows a table. */
export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('Show services, what is deployed, and which of it really runs here')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  lakewright status --json')
    .action(async (options: { json?: boolean }) => {
      const local = await import('@lakewright/local');
      const context = await local.openLocal();
      const services = await local.serviceStatus(context);
      const deployment = local.isDeployed(context) ? local.loadDeployment(context) : undefined;
      const support = deployment ? local.supportOf(deployment) : [];
      const running = services.every((service) => service.state === 'running');
      const tables = deployment && running ? await local.tableRows(context) : [];
      const freshness = deployment && running ? await local.freshness(context, context.environment.systems) : [];
      if (options.json) {
        process.stdout.write(
          `${JSON.stringify({ services, stacks: deployment?.stacks ?? [], resources: support, tables, freshness }, undefined, 2)}\n`,
        );
        return;
      }
      const sections = [
        formatRows(
          ['service', 'state', 'address'],
          services.map(({ name, state, address }) => ({ service: name, state, address })),
          'table',
        ),
        deployment
          ? formatRows(
              ['resource type', 'mode', 'why'],
              support.map((row) => ({ 'resource type': row.type, mode: row.mode, why: why(row) })),
              'table',
            )
          : 'nothing is deployed: lakewright up',
        ...(tables.length > 0
          ? [
              formatRows(
                ['table', 'rows'],
                tables.map(({ table, rows }) => ({ table, rows })),
                'table',
              ),
            ]
          : []),
        ...(freshness.length > 0
          ? [formatRows(['system', 'latest load', 'age', 'objective', 'fresh', 'last run'], freshness.map(freshnessRow), 'table')]
          : []),
      ];
      process.stdout.write(`${sections.join('\n')}\n`);
    });
}

function freshnessRow({ system, latestLoadAt, ageMinutes, sloMinutes, state, lastRunId }: Freshness) {
  return {
    system,
    'latest load': latestLoadAt ?? 'never',
    age: ageMinutes === null ? '' : `${ageMinutes} min`,
    objective: `${sloMinutes} min`,
    fresh: state,
    'last run': lastRunId ?? '',
  };
}

function why(row: { readonly mode: string; readonly reason?: string; readonly limits?: string }): string {
  return row.reason ?? row.limits ?? '';
}
