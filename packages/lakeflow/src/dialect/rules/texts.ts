import type { SparkType } from '../../engine/spark-type';
import { formatType } from '../../engine/spark-type';
import type { Node } from '../node';
import { type Rule, refuse, type Workbench } from '../rule';
import type { Scope } from '../scope';
import { requireType } from './results';

/** Functions that count characters of binary values, where Spark counts bytes. */
const ON_BYTES = 'substring substr left right overlay lpad rpad btrim ltrim rtrim trim reverse position locate instr'.split(' ');

export const binaryText: Rule = {
  name: `${ON_BYTES.slice(0, 7).join(', ')} of binary`,
  kind: 'refused',
  instead: 'cut the hexadecimal text: unhex(substring(hex(b), 2 * start - 1, 2 * length))',
  examples: ["SELECT hex(substring(b, 2, 1)) AS x FROM VALUES (unhex('c3a462')) AS t(b)"],
  async apply(node, scope, bench) {
    if (node.kind !== 'call' || !ON_BYTES.includes(node.name)) return;
    for (const given of node.arguments) {
      const type = await bench.typeOf(given, scope);
      if (type?.kind === 'binary')
        refuse(node, `${node.name} of binary`, 'it counts characters and not bytes, and gives text', binaryText.instead);
    }
  },
};

export const toJson: Rule = {
  name: 'to_json of timestamps, decimals and floating point numbers',
  kind: 'refused',
  instead: "cast what is inside to STRING first, timestamps by date_format(ts, \"yyyy-MM-dd'T'HH:mm:ss.SSS'Z'\")",
  examples: [
    "SELECT to_json(named_struct('a', ts)) AS j FROM VALUES (TIMESTAMP'2024-01-01 00:00:00') AS t(ts)",
    "SELECT to_json(named_struct('a', d)) AS j FROM VALUES (1.10) AS t(d)",
  ],
  async apply(node, scope, bench) {
    if (node.kind !== 'call' || node.name !== 'to_json') return;
    const type = await requireType(node, node.arguments[0], scope, bench);
    const odd = type && oddInJson(type);
    if (odd) refuse(node, `to_json of ${formatType(odd)}`, 'it is written otherwise than Spark writes it', toJson.instead);
  },
};

function oddInJson(type: SparkType): SparkType | undefined {
  if (['timestamp', 'timestamp_ntz', 'decimal', 'float', 'double'].includes(type.kind)) return type;
  if (type.kind === 'array') return oddInJson(type.element);
  if (type.kind === 'map') return oddInJson(type.key) ?? oddInJson(type.value);
  return type.kind === 'struct' ? type.fields.map((field) => oddInJson(field.type)).find((found) => found) : undefined;
}

/** Texts of numbers from ten million and below a thousandth have an exponent in Spark (`Double.toString` of Java). */
export const numberText: Rule = {
  name: 'floating point numbers as text',
  kind: 'checked',
  instead:
    'fails for magnitudes from 1e7 and below 1e-3, which Spark writes with an exponent and the engine without: cast to DECIMAL first',
  examples: [
    "SELECT CAST(x AS STRING) AS a, concat('x', x) AS b, x || 'y' AS c FROM VALUES (1.5D), (0D), (-0.25D), (NULL), (1234567.5D) AS t(x)",
    'SELECT CAST(x AS STRING) AS a FROM VALUES (1.0E10D) AS t(x)',
  ],
  async apply(node, scope, bench) {
    if (node.kind === 'cast' && /^(?:string|varchar|char)/i.test(node.type) && !node.isTry) {
      const text = await checkedText(node, node.operand, scope, bench);
      if (text) node.parts = ['CAST(', ...text, ` AS ${node.type})`];
    }
    const inText =
      (node.kind === 'call' && ['concat', 'concat_ws'].includes(node.name)) || (node.kind === 'binary' && node.operator === '||');
    if (!inText) return;
    const given = node.kind === 'call' ? node.arguments : [node.left, node.right];
    const types = await Promise.all(given.map((each) => bench.typeOf(each, scope)));
    if (types.some((type) => type?.kind === 'array')) return;
    for (const child of given) {
      if (child.kind === 'literal' || child.kind === 'cast') continue;
      const text = await checkedText(node, child, scope, bench);
      if (text) child.parts = ['CAST(', ...text, ' AS STRING)'];
    }
  },
};

/** `DecimalFormat` of Java shows the shortest digits, and zeros after them. */
export const formatNumber: Rule = {
  name: 'format_number of DOUBLE',
  kind: 'checked',
  instead: 'fails where more than 15 digits would be shown, of which the engine makes up the last: cast to DECIMAL first',
  examples: [
    'SELECT format_number(x, 2) AS a, format_number(x, 0) AS b FROM VALUES (1.005D), (0.285D), (-0.5D), (1234567.895D), (1234567890123D), (0D), (NULL) AS t(x)',
    'SELECT format_number(x, 2) AS a FROM VALUES (-1.20999999999999989E22D) AS t(x)',
  ],
  async apply(node, scope, bench) {
    if (node.kind !== 'call' || node.name !== 'format_number' || node.arguments.length !== 2) return;
    const [given, places] = [node.arguments[0]!, node.arguments[1]!];
    const type = await requireType(node, given, scope, bench);
    if (type?.kind !== 'double' && type?.kind !== 'float') return;
    if (type.kind === 'float' || places.kind !== 'literal' || !/^\d{1,2}$/.test(places.value)) {
      refuse(
        node,
        `format_number of ${type.kind}`,
        'it shows other digits',
        'CAST to DECIMAL first, and write the number of places',
      );
    }
    const message =
      'the local engine shows 15 digits of a DOUBLE as Spark does, not more: cast it to DECIMAL before format_number';
    const check = [
      'CASE WHEN abs(',
      given,
      `) >= 1e${15 - Number(places.value)} THEN raise_error('${message}') ELSE `,
      given,
      ' END',
    ];
    node.parts = ['format_number(', ...check, ', ', places, ')'];
  },
};

/** The operand, which fails where its text would be another one; undefined where there is nothing to fear. */
async function checkedText(
  node: Node,
  operand: Node,
  scope: Scope,
  bench: Workbench,
): Promise<readonly (string | Node)[] | undefined> {
  const type = await requireType(node, operand, scope, bench);
  if (!type) return undefined;
  if (hides(type, 'variant'))
    refuse(node, 'a VARIANT as text', 'texts keep their quotes', "write variant_get(v, '$.path', 'string')");
  if (type.kind === 'array' || type.kind === 'map' || type.kind === 'struct') {
    refuse(
      node,
      `${type.kind} as text`,
      'nulls and numbers in it are written otherwise',
      'write to_json(...), or array_join(...) of texts',
    );
  }
  if (type.kind !== 'float' && type.kind !== 'double') return undefined;
  const self = { ...operand };
  const bad = ['abs(', self, ') >= 1e7 OR (abs(', self, ') < 1e-3 AND ', self, ' <> 0)'];
  const message = 'Spark writes this number with an exponent and the local engine does not: cast it to DECIMAL before STRING';
  return ['CASE WHEN ', ...bad, ` THEN raise_error('${message}') ELSE `, self, ' END'];
}

function hides(type: SparkType, text: string): boolean {
  return (type.kind === 'other' && type.text === text) || type.kind === text;
}

export const jsonBrackets: Rule = {
  name: "get_json_object with a name in brackets ($['a b'])",
  kind: 'rewritten',
  instead: '$.a b, which the engine takes; refused where the name holds a dot, bracket or quote',
  examples: ["SELECT get_json_object('{\"a b\": {\"c\": 1}}', '$[\\'a b\\'].c') AS x"],
  apply(node) {
    if (node.kind !== 'call' || node.name !== 'get_json_object') return;
    const [json, path] = node.arguments;
    if (path?.kind !== 'literal' || !path.value.includes("['")) return;
    const plain = path.value.replace(/\['([^']*)'\]/g, (_, name: string) => {
      if (/[.[\]'"]/.test(name))
        refuse(
          node,
          'get_json_object with such a name in brackets',
          'it finds nothing',
          "write from_json(json, 'MAP<STRING, STRING>')['name']",
        );
      return `.${name}`;
    });
    node.parts = ['get_json_object(', json!, `, '${plain.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}')`];
  },
};
