// Draws the Vega-Lite specifications on standard input (a JSON array) as the page does, and writes their SVG (a JSON array).
import { text } from 'node:stream/consumers';
import { parse, View } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { compile } from 'vega-lite';

const specs = JSON.parse(await text(process.stdin));
const drawn = specs.map((spec) => {
  const compiled = compile({ ...spec, width: 400, height: 300 }).spec;
  return new View(parse(compiled, {}, { ast: true }), { renderer: 'none', expr: expressionInterpreter }).toSVG();
});
process.stdout.write(JSON.stringify(await Promise.all(drawn)));
