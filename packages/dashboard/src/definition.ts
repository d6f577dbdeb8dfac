import { LakewrightError } from '@lakewright/config';
import { z } from 'zod';
import { Unsupported } from './unsupported';

/**
 * The part of a Lakeview definition (`.lvdash.json`) that this package reads. Databricks publishes no schema of it: the shapes
 * here were taken from exported dashboards. Fields not named are ignored, so that a newer export still opens.
 */
const position = z.object({
  x: z.number().int().min(0).max(5),
  y: z.number().int().min(0).max(10_000),
  width: z.number().int().min(1).max(6),
  height: z.number().int().min(1).max(1_000),
});

const query = z.object({
  name: z.string(),
  query: z.object({
    datasetName: z.string(),
    fields: z.array(z.object({ name: z.string(), expression: z.string() })),
    disaggregated: z.boolean().default(false),
    filters: z.array(z.unknown()).optional(),
  }),
});

const spec = z.object({
  version: z.number().optional(),
  widgetType: z.string(),
  encodings: z.record(z.string(), z.unknown()).default({}),
  frame: z
    .object({
      showTitle: z.boolean().optional(),
      title: z.string().optional(),
      showDescription: z.boolean().optional(),
      description: z.string().optional(),
    })
    .default({}),
});

const widget = z.object({
  name: z.string(),
  queries: z.array(query).optional(),
  spec: spec.optional(),
  multilineTextboxSpec: z.object({ lines: z.array(z.string()) }).optional(),
  textbox_spec: z.string().optional(),
});

const definition = z.object({
  datasets: z
    .array(
      z.object({
        name: z.string(),
        displayName: z.string().optional(),
        query: z.string().optional(),
        queryLines: z.array(z.string()).optional(),
      }),
    )
    .default([]),
  pages: z.array(
    z.object({
      name: z.string(),
      displayName: z.string().default(''),
      layout: z.array(z.object({ widget, position })).default([]),
    }),
  ),
});

export type Definition = z.infer<typeof definition>;
export type DashboardWidget = z.infer<typeof widget>;
export type WidgetSpec = z.infer<typeof spec>;
export type WidgetQuery = z.infer<typeof query>['query'];
export type Position = z.infer<typeof position>;

/**
 * Reads a Lakeview definition.
 * @param source the JSON as text (as Terraform's `serialized_dashboard` holds it) or already parsed
 * @throws LakewrightError DASHBOARD_DEFINITION naming the dashboard, the path in it and what is wrong
 */
export function readDefinition(name: string, source: unknown): Definition {
  let value = source;
  if (typeof source === 'string') {
    try {
      value = JSON.parse(source);
    } catch (cause) {
      throw new LakewrightError('DASHBOARD_DEFINITION', `dashboard "${name}": the definition is not JSON`, {
        cause,
        hint: 'serialized_dashboard must hold the content of a .lvdash.json',
      });
    }
  }
  const result = definition.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => `${issue.path.join('.') || 'root'}: ${issue.message}`);
  throw new LakewrightError('DASHBOARD_DEFINITION', `dashboard "${name}": ${issues.slice(0, 3).join('; ')}`, {
    cause: result.error,
    hint: 'export the dashboard again, or compare it with what @lakewright/constructs builds',
  });
}

/**
 * The query of a dataset by its name; undefined if the definition has none of that name.
 * @throws Unsupported if the query has parameters: a value that nobody chose would show numbers that nobody asked for
 */
export function datasetQuery(source: Definition, name: string): string | undefined {
  const dataset = source.datasets.find((candidate) => candidate.name === name);
  const query = dataset?.queryLines?.join('') ?? dataset?.query;
  if (!dataset || query === undefined) return undefined;
  const parameters = parametersOf(query);
  if (parameters.length === 0) return query;
  const [noun, verb] = parameters.length === 1 ? ['parameter', 'is'] : ['parameters', 'are'];
  throw new Unsupported(
    `the dataset "${dataset.displayName ?? name}" asks for the ${noun} ${parameters.join(', ')}, which ${verb} not supported`,
  );
}

const TEXT_OR_COMMENT = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`|--[^\n]*|\/\*[\s\S]*?\*\//g;
/** `:name`, but neither the cast `a::int` nor the path `payload:field`. */
const MARKER = /(?<![:\w\])]):[A-Za-z_]\w*/g;

/** The parameter markers of a query, as they are written, each once. */
function parametersOf(query: string): string[] {
  const code = query.replaceAll(TEXT_OR_COMMENT, (found) => (/^(--|\/\*)/.test(found) ? ' ' : '_'));
  return [...new Set(code.match(MARKER))];
}
