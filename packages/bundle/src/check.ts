import { LakewrightError } from '@lakewright/config';
import Ajv from 'ajv';

/** The mistakes that are told; a wrong word inside a union gives one for each of its branches. */
const MOST_MISTAKES = 20;

/**
 * Holds a bundle against the JSON schema of Databricks' command line (`databricks bundle schema`), which belongs to Databricks and is
 * not shipped here.
 *
 * @throws LakewrightError BUNDLE_SCHEMA naming what the schema does not allow
 */
export function checkBundle(document: unknown, schema: object): void {
  // The schema has keywords of its own (markdownDescription, x-...), which check nothing.
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  const accepts = ajv.compile(schema);
  if (accepts(document)) return;
  const mistakes = (accepts.errors ?? []).map(({ instancePath, message, params }) => {
    const more = 'additionalProperty' in params ? ` (${params.additionalProperty})` : '';
    return `${instancePath || '/'}: ${message}${more}`;
  });
  const told = [...new Set(mistakes)].slice(0, MOST_MISTAKES);
  throw new LakewrightError('BUNDLE_SCHEMA', `the schema does not accept the bundle:\n  ${told.join('\n  ')}`, {
    hint: 'the schema of another version may know other words: databricks bundle schema',
  });
}
