import { type Environment, LakewrightError, workspaceFolder } from '@lakewright/config';
import { type BundleReference, References } from './references';
import { type ResourceArguments, resourcesOf, type StackDocument, type StackResource } from './stack-document';

type Values = Record<string, unknown>;

/** A file of a bundle: taken from a stack, or with a text of its own. */
export type BundleFile = { readonly path: string } & ({ readonly source: string } | { readonly text: string });

/** What a bundle does not hold, and why. */
export interface LeftOut {
  readonly type: string;
  readonly count: number;
  readonly reason: string;
}

export interface Bundle {
  /** `databricks.yml`. */
  readonly document: Values;
  readonly files: readonly BundleFile[];
  readonly leftOut: readonly LeftOut[];
}

export interface BundleOptions {
  readonly system: string;
  readonly environment: Environment;
  /** Every synthesized stack of the environment. */
  readonly stacks: readonly StackDocument[];
}

/** What a bundle calls a resource type of Terraform, and which argument names one in a message and a key. */
const KINDS = {
  databricks_schema: { section: 'schemas', name: 'name' },
  databricks_volume: { section: 'volumes', name: 'name' },
  databricks_pipeline: { section: 'pipelines', name: 'name' },
  databricks_job: { section: 'jobs', name: 'name' },
  databricks_dashboard: { section: 'dashboards', name: 'display_name' },
  databricks_alert_v2: { section: 'alerts', name: 'display_name' },
} as const;
type Kind = keyof typeof KINDS;

/** Blocks that Terraform names in the singular and the API in the plural. */
const PLURALS: Readonly<Record<string, string>> = {
  task: 'tasks',
  parameter: 'parameters',
  environment: 'environments',
  job_cluster: 'job_clusters',
  library: 'libraries',
  notification: 'notifications',
  cluster: 'clusters',
};

/** Words of Terraform itself, and of its provider only. */
const NOT_OF_THE_API = ['depends_on', 'lifecycle', 'provider', 'provisioner', 'count', 'for_each', '//', 'force_destroy'];

/** What is looked up by name where the bundle is deployed. */
const LOOKUPS: Readonly<Record<string, { readonly lookup: string; readonly name: string }>> = {
  databricks_sql_endpoint: { lookup: 'warehouse', name: 'name' },
  databricks_notification_destination: { lookup: 'notification_destination', name: 'display_name' },
};

const STAYS = 'stays with Terraform';
const REASONS: Readonly<Record<string, string>> = {
  databricks_catalog: `${STAYS}: its storage hangs on an IAM role`,
  databricks_external_location: `${STAYS}: it hangs on an IAM role`,
  databricks_storage_credential: `${STAYS}: it hangs on an IAM role`,
  databricks_directory: 'a bundle makes its own folders',
  databricks_workspace_file: 'a file of the bundle',
  databricks_permissions: 'of folders: a bundle sets those of what it holds',
  databricks_grants: `${STAYS}: of securables that the bundle does not hold`,
};

/**
 * The stack `databricks-<system>` as a Databricks Asset Bundle: one target, the environment. What hangs on AWS stays with Terraform and
 * is told (`leftOut`); names are those of the environment, so no deployment mode changes them.
 * Source: docs.databricks.com, "Declarative Automation Bundles configuration" and "... resources".
 *
 * @throws LakewrightError BUNDLE_STACK, BUNDLE_REFERENCE
 */
export function bundleOf({ system, environment, stacks }: BundleOptions): Bundle {
  const stack = stacks.find(({ name }) => name === `databricks-${system}`);
  if (!stack) {
    throw new LakewrightError('BUNDLE_STACK', `system ${system} has no Databricks stack in ${environment.name}`, {
      hint: `stacks are: ${stacks.map(({ name }) => name).join(', ')}`,
    });
  }
  return new BundleBuilder(stack, environment, system, stacks).build();
}

class BundleBuilder {
  private readonly references: References;
  private readonly variables: Record<string, Values> = {};
  private readonly files: BundleFile[] = [];
  /** Resources of the stack that the bundle holds in another one. */
  private readonly taken = new Set<ResourceArguments>();

  constructor(
    private readonly stack: StackDocument,
    private readonly environment: Environment,
    private readonly system: string,
    stacks: readonly StackDocument[],
  ) {
    this.references = new References(stacks, (resource, attribute) => this.inBundle(resource, attribute));
  }

  build(): Bundle {
    for (const file of resourcesOf(this.stack, 'databricks_workspace_file')) {
      const { folder } = this.stack;
      this.files.push({ path: this.pathOf(file), source: `${folder}/${String(file.values.source)}` });
    }
    const resources: Record<string, Record<string, unknown>> = {};
    for (const [type, { section }] of Object.entries(KINDS)) {
      for (const resource of resourcesOf(this.stack, type)) {
        resources[section] = { ...resources[section], [keyOf(resource)]: this.resource(resource) };
      }
    }
    const { databricks, name } = this.environment;
    const root_path = `${workspaceFolder(this.environment, this.system)}/bundle`;
    const document = {
      bundle: { name: this.system },
      ...(Object.keys(this.variables).length > 0 && { variables: this.variables }),
      resources,
      targets: { [name]: { default: true, workspace: { host: databricks.host, root_path } } },
    };
    return { document, files: this.files, leftOut: this.leftOut() };
  }

  private resource(resource: StackResource): Values {
    const { type, stack } = resource;
    const values = this.references.resolve(apiArguments(resource.values), stack) as Values;
    const access =
      type === 'databricks_schema' || type === 'databricks_volume' ? this.grants(resource) : this.permissions(resource);
    return { ...(type === 'databricks_dashboard' ? this.dashboard(values) : values), ...access };
  }

  /** A dashboard's definition is a file of the bundle; where it lies, the bundle says. */
  private dashboard({ serialized_dashboard, parent_path: _, ...values }: Values): Values {
    const name = String(values.display_name).toLowerCase().replaceAll(/\W+/g, '_');
    const path = `dashboards/${name}.lvdash.json`;
    const text = `${JSON.stringify(JSON.parse(String(serialized_dashboard)), undefined, 2)}\n`;
    this.files.push({ path, text });
    return { ...values, file_path: `./${path}` };
  }

  private grants(resource: StackResource): Values {
    const securable = resource.type.replace('databricks_', '');
    const own = resourcesOf(this.stack, 'databricks_grants').find(
      ({ values }) => values[securable] !== undefined && this.names(values[securable], resource),
    );
    if (!own) return {};
    this.taken.add(own.values);
    return { grants: this.references.resolve(own.values.grant, own.stack) };
  }

  /** Whether an argument names a resource: by its id, or by its name after those of what it lies in. */
  private names(value: unknown, { id, stack }: StackResource): boolean {
    const last = [...String(value).matchAll(/\$\{[^}]*\}/g)].at(-1)?.[0];
    return last !== undefined && this.references.resourceOf(last, stack)?.id === id;
  }

  private permissions({ type, id, stack }: StackResource): Values {
    const argument = `${type.replace('databricks_', '')}_id`;
    const own = resourcesOf(this.stack, 'databricks_permissions').find(
      ({ values }) => this.references.resourceOf(values[argument], stack)?.id === id,
    );
    if (!own) return {};
    this.taken.add(own.values);
    const list = this.references.resolve(own.values.access_control, stack) as readonly Values[];
    return { permissions: list.map(({ permission_level, ...subject }) => ({ level: permission_level, ...subject })) };
  }

  private readonly inBundle: BundleReference = (resource, attribute) => {
    const { type, values, stack } = resource;
    if (type === 'databricks_workspace_file' && ['path', 'workspace_path', 'id'].includes(attribute)) {
      return `./${this.pathOf(resource)}`;
    }
    const lookup = attribute === 'id' ? LOOKUPS[type] : undefined;
    if (lookup) {
      const name = `${lookup.lookup}_id`;
      const wanted = this.references.resolve(values[lookup.name], stack);
      this.variables[name] = {
        description: `Id of the ${lookup.lookup.replace('_', ' ')} ${wanted}`,
        lookup: { [lookup.lookup]: wanted },
      };
      return `\${var.${name}}`;
    }
    const held =
      stack === this.stack && type in KINDS && (attribute === 'id' || (attribute === 'name' && type !== 'databricks_alert_v2'));
    return held ? `\${resources.${KINDS[type as Kind].section}.${keyOf(resource)}.${attribute}}` : undefined;
  };

  /** Where a file of the workspace lies in the bundle: as it lies below the folder of the system. */
  private pathOf({ values }: StackResource): string {
    const folder = `${workspaceFolder(this.environment, this.system).replace(/^\/Workspace/, '')}/`;
    const path = String(values.path);
    return `files/${path.startsWith(folder) ? path.slice(folder.length) : path.slice(1)}`;
  }

  private leftOut(): LeftOut[] {
    return Object.entries(this.stack.json.resource ?? {}).flatMap(([type, resources]) => {
      const count = Object.values(resources).filter((values) => !this.taken.has(values)).length;
      if (type in KINDS || type === 'databricks_workspace_file' || count === 0) return [];
      return [{ type, count, reason: REASONS[type] ?? STAYS }];
    });
  }
}

function keyOf({ type, values }: StackResource): string {
  return String(values[KINDS[type as Kind].name])
    .toLowerCase()
    .replaceAll(/\W+/g, '_');
}

/** The arguments as the API has them. */
function apiArguments(values: ResourceArguments): Values {
  // Only of the resource itself: a task's `depends_on` is the API's own.
  const own = Object.entries(values).filter(([name]) => !NOT_OF_THE_API.includes(name));
  return inThePlural(Object.fromEntries(own)) as Values;
}

function inThePlural(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inThePlural);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, item]) => [
    isBlock(item) ? (PLURALS[name] ?? name) : name,
    inThePlural(item),
  ]);
  return Object.fromEntries(entries);
}

function isBlock(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'object');
}
