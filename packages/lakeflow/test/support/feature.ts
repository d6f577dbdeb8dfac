/**
 * A test of something that the reference page promises: `tooling/docs` reads the areas, names and sources of all of them out of the
 * test files, so that docs/reference/lakeflow.md says what is tested and nothing else.
 *
 * @param source the page of docs.databricks.com that says so, by its title
 */
export function feature(area: string, name: string, source: string, body: () => Promise<void>): void {
  test(`${area}: ${name} (${source})`, body);
}
