import type { Result } from '../src/widget/result';

export type Json = Record<string, unknown>;

/** A Lakeview widget as exports have it. */
export function widgetOf(widgetType: string, fields: readonly [string, string][], encodings: Json, more: Json = {}): Json {
  return {
    name: widgetType,
    queries: [
      {
        name: 'main_query',
        query: {
          datasetName: 'listings',
          fields: fields.map(([name, expression]) => ({ name, expression })),
          disaggregated: false,
          ...more,
        },
      },
    ],
    spec: { version: 3, widgetType, encodings, frame: { showTitle: true, title: `A ${widgetType}` } },
  };
}

export function definitionOf(...widgets: readonly Json[]): Json {
  return {
    datasets: [
      {
        name: 'listings',
        displayName: 'Listings',
        queryLines: ['SELECT *\n', 'FROM c.gold.current_listings\n', 'ORDER BY city;'],
      },
    ],
    pages: [
      {
        name: 'page',
        displayName: 'Page',
        layout: widgets.map((widget, y) => ({ widget, position: { x: 0, y: y * 4, width: 3, height: 4 } })),
      },
    ],
  };
}

/** A result with columns f0, f1, ... of the types given. */
export function resultOf(types: readonly string[], ...rows: readonly (readonly unknown[])[]): Result {
  return {
    columns: types.map((type, index) => ({ name: `f${index}`, type })),
    rows: rows.map((row) => Object.fromEntries(row.map((value, index) => [`f${index}`, value]))),
  };
}

/** A query function that answers every query with the same rows and remembers what it was asked. */
export function answering(result: Result): ((sql: string) => Promise<Result>) & { asked: string[] } {
  const asked: string[] = [];
  return Object.assign(
    async (sql: string) => {
      asked.push(sql);
      return result;
    },
    { asked },
  );
}
