import { unsupported } from '../../sql/syntax-error';
import type { Node, PathStep } from '../node';
import { type Rule, refuse } from '../rule';
import { requireType } from './results';

/**
 * `payload:a.b[0]` ("JSON path expression" and "Query JSON strings", docs.databricks.com): a STRING or NULL; names without brackets in any
 * case, those in backticks too.
 */
export const jsonPath: Rule = {
  name: 'a path into JSON text (payload:a.b[0])',
  kind: 'rewritten',
  instead: "get_json_object(payload, '$.a.b[0]'); where nothing is found, names without brackets are looked for in any case",
  examples: [
    'SELECT j:a.b[0] AS x, j:A.B AS y, j:c::INT + 1 AS z, j:[\'d e\'] AS u, j:missing AS v FROM VALUES (\'{"a": {"b": [1, 2]}, "c": "41", "d e": true}\') AS t(j)',
  ],
  async apply(node, scope, bench) {
    if (node.kind !== 'path') return;
    const star = node.steps.some((step) => step.kind === 'index' && step.index === '*');
    if (star) {
      refuse(
        node,
        'a path with [*]',
        'the wildcard does not give what Spark gives',
        "write transform(from_json(json, 'a ARRAY<STRUCT<b: STRING>>').a, item -> item.b)",
      );
    }
    const type = await requireType(node, node.operand, scope, bench);
    if (type?.kind === 'other' && type.text === 'variant') {
      throw unsupported(node.location, 'a path into a VARIANT is not supported', "write variant_get(column, '$.a', 'string')");
    }
    for (const step of node.steps) {
      if (step.kind === 'name' && /[.[\]'"]/.test(step.name)) {
        throw unsupported(
          node.location,
          `the engine cannot look for a field named ${JSON.stringify(step.name)}`,
          "write from_json(json, 'MAP<STRING, STRING>')['name']",
        );
      }
    }
    const exact = found(node.operand, node.steps);
    const loose = node.steps.some((step) => step.kind === 'name' && !step.exact);
    node.parts = loose ? ['coalesce(', ...exact, ', ', ...inAnyCase(node.operand, node.steps), ')'] : exact;
  },
};

type Parts = readonly (string | Node)[];

/** Stands around names of fields where they are looked for: a character that no text of people has. */
const MARK = '\u0001';

/** A pattern that finds the text itself, as it stands inside a SQL string; texts with quotes are refused before. */
function literalPattern(text: string): string {
  return text.replaceAll(/[\\^$|?*+(){}]/g, (character) => (character === '\\' ? '\\\\\\\\' : `\\\\${character}`));
}

function found(json: Node | Parts, steps: readonly PathStep[]): Parts {
  const path = steps.map((step) => (step.kind === 'name' ? `.${step.name}` : `[${step.index}]`)).join('');
  return [
    'get_json_object(',
    ...(Array.isArray(json) ? (json as Parts) : [json as Node]),
    `, '$${path.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}')`,
  ];
}

/** Step by step, each name replaced by the key that differs in case alone. */
function inAnyCase(operand: Node, steps: readonly PathStep[]): Parts {
  let json: Parts = [operand];
  for (const step of steps) {
    if (step.kind === 'index' || step.exact) json = found(json, [step]);
    else {
      // Without a lambda: the engine cannot push a condition that has one down to a table.
      const names: Parts = [`concat('${MARK}', array_join(json_object_keys(`, ...json, `), '${MARK}'), '${MARK}')`];
      const name: Parts = ['nullif(regexp_extract(', ...names, `, '(?i)${MARK}(${literalPattern(step.name)})${MARK}', 1), '')`];
      json = ['get_json_object(', ...json, ", concat('$.', ", ...name, '))'];
    }
  }
  return json;
}
