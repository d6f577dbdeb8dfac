import { LakewrightError } from '@lakewright/config';
import type { Columns, Dataset } from './dashboard-fields';
import { type LakeviewWidgetBody, lines, type Position, type Widget } from './dashboard-widgets';

export * from './dashboard-fields';
export * from './dashboard-widgets';

/** Width of a page in cells. */
export const GRID_COLUMNS = 6;

/** The content of a `.lvdash.json`: what `databricks_dashboard.serialized_dashboard` carries. */
export interface LakeviewDefinition {
  readonly datasets: readonly { readonly name: string; readonly displayName: string; readonly queryLines: readonly string[] }[];
  readonly pages: readonly {
    readonly name: string;
    readonly displayName: string;
    readonly pageType: 'PAGE_TYPE_CANVAS';
    readonly layout: readonly { readonly widget: { readonly name: string } & LakeviewWidgetBody; readonly position: Position }[];
  }[];
}

export interface PageProps {
  /** Lower-case name, unique in the dashboard; the first part of its widgets' names. */
  readonly name: string;
  readonly displayName: string;
  readonly widgets: readonly Widget[];
}

export interface DashboardProps {
  /** The catalog every dataset reads: Lakeview has no setting for it in this provider version, so queries name it. */
  readonly catalog: string;
  readonly pages: readonly PageProps[];
}

/**
 * A Lakeview dashboard definition, the same for the same props. Datasets are those the widgets use, in order of first use.
 *
 * @throws LakewrightError DASHBOARD_LAYOUT, DASHBOARD_NAME, DASHBOARD_DATASET naming the page, the widget and the rule
 */
export function dashboard(props: DashboardProps): LakeviewDefinition {
  validatePages(props.pages);
  const datasets = usedDatasets(props.pages);
  for (const dataset of datasets) validateCatalog(dataset, props.catalog);
  for (const page of props.pages) {
    validateWidgetNames(page);
    validateGrid(page);
    validateOverlap(page);
  }
  return {
    datasets: datasets.map(({ name, displayName, query }) => ({ name, displayName, queryLines: lines(query) })),
    pages: props.pages.map((page) => ({
      name: page.name,
      displayName: page.displayName,
      pageType: 'PAGE_TYPE_CANVAS',
      layout: page.widgets.map(({ name, body, position }) => ({ widget: { name: `${page.name}-${name}`, ...body }, position })),
    })),
  };
}

function usedDatasets(pages: readonly PageProps[]): Dataset<Columns>[] {
  const byName = new Map<string, Dataset<Columns>>();
  for (const { dataset } of pages.flatMap((page) => page.widgets)) {
    if (!dataset) continue;
    const known = byName.get(dataset.name);
    if (known && known !== dataset) {
      throw new LakewrightError('DASHBOARD_DATASET', `two datasets are called "${dataset.name}"`, { hint: 'rename one of them' });
    }
    byName.set(dataset.name, dataset);
  }
  return [...byName.values()];
}

function validatePages(pages: readonly PageProps[]): void {
  if (pages.length === 0) throw new LakewrightError('DASHBOARD_NAME', 'pages: must be one or more (got none)');
  const names = pages.map((page) => page.name);
  for (const [index, name] of names.entries()) {
    if (!/^[a-z][a-z0-9_-]*$/.test(name) || names.indexOf(name) !== index) {
      throw new LakewrightError(
        'DASHBOARD_NAME',
        `page name: must be unique, of lower-case letters, digits, "-" and "_" (got "${name}")`,
      );
    }
  }
}

function validateCatalog(dataset: Dataset<Columns>, catalog: string): void {
  if (dataset.query.includes(`${catalog}.`) || dataset.query.includes(`\`${catalog}\`.`)) return;
  throw new LakewrightError(
    'DASHBOARD_DATASET',
    `dataset ${dataset.name}, query: must name its tables in the catalog ${catalog} (got ${JSON.stringify(dataset.query.trim())})`,
    { hint: `FROM ${catalog}.gold.some_table` },
  );
}

function validateWidgetNames(page: PageProps): void {
  const names = page.widgets.map((widget) => widget.name);
  for (const [index, name] of names.entries()) {
    if (!/^[a-z0-9][a-z0-9-]*$/.test(name) || names.indexOf(name) !== index) {
      throw new LakewrightError(
        'DASHBOARD_NAME',
        `page ${page.name}, widget name: must be unique, of lower-case letters, digits and "-" (got "${name}")`,
        { hint: 'give the widget a name of its own: { name: ... }' },
      );
    }
  }
}

function validateGrid(page: PageProps): void {
  for (const { name, position } of page.widgets) {
    const { x, y, width, height } = position;
    const whole = [x, y, width, height].every(Number.isInteger);
    if (whole && x >= 0 && y >= 0 && width >= 1 && height >= 1 && x + width <= GRID_COLUMNS) continue;
    throw new LakewrightError(
      'DASHBOARD_LAYOUT',
      `page ${page.name}, widget ${name}, position: must be whole cells inside the ${GRID_COLUMNS} columns (got ${JSON.stringify(position)})`,
      { hint: `x + width may be ${GRID_COLUMNS} at most` },
    );
  }
}

function validateOverlap(page: PageProps): void {
  for (const [index, first] of page.widgets.entries()) {
    for (const second of page.widgets.slice(index + 1)) {
      if (!overlap(first.position, second.position)) continue;
      throw new LakewrightError(
        'DASHBOARD_LAYOUT',
        `page ${page.name}: the widgets ${first.name} and ${second.name} overlap (${JSON.stringify(first.position)}, ${JSON.stringify(second.position)})`,
        { hint: 'move one of them' },
      );
    }
  }
}

function overlap(a: Position, b: Position): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
