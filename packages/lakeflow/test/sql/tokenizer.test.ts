import { SourceText } from '../../src/sql/source-text';
import { tokenize } from '../../src/sql/tokenizer';
import { errorOf } from './parsing';

const tokens = (text: string) => tokenize(new SourceText({ path: 'p.sql', text })).slice(0, -1);
const texts = (text: string) => tokens(text).map((token) => token.text);
const values = (text: string) => tokens(text).map((token) => token.value);

test('splits words, numbers and operators', () => {
  expect(texts('a<=>b::INT->c||d=>1.5e3BD, .5 x.y<>2L')).toEqual(
    'a <=> b :: INT -> c || d => 1.5e3BD , .5 x . y <> 2L'.split(' '),
  );
  expect(texts('2024_sales.1st')).toEqual(['2024_sales', '.', '1st']);
});

test('keeps the angle brackets of types apart', () => {
  expect(texts('ARRAY<STRUCT<a:INT>>')).toEqual(['ARRAY', '<', 'STRUCT', '<', 'a', ':', 'INT', '>', '>']);
});

test.each([
  [String.raw`'O\'Connell'`, "O'Connell"],
  [String.raw`'a\nb\\c\%\_\d'`, 'a\nb\\c\\%\\_d'],
  [String.raw`'\u00e9\U0001F600\101'`, 'é😀A'],
  [String.raw`r'a\nb'`, String.raw`a\nb`],
  [String.raw`R"a'b\"`, String.raw`a'b\ `.trim()],
  [`"it's"`, "it's"],
  [`'it''s'`, "it's"],
  [`'say ""'`, 'say ""'],
  ['`a``b`', 'a`b'],
  ["''", ''],
])('%s means %s', (text, value) => {
  expect(values(text)).toEqual([value]);
});

test('passes over comments, nested ones too', () => {
  expect(texts("a -- it's\n/* b /* 'c */ d */ e -- end")).toEqual(['a', 'e']);
});

test('a quote does not end a comment, nor a comment mark a string', () => {
  expect(texts("'-- no' -- 'yes\n'/*'")).toEqual(["'-- no'", "'/*'"]);
});

test('a parameter is a word or a part of one', () => {
  expect(tokens('${a}.t_${b.c}').map(({ kind, text }) => [kind, text])).toEqual([
    ['word', '${a}'],
    ['symbol', '.'],
    ['word', 't_${b.c}'],
  ]);
});

test('tells line and column of every token', () => {
  const [first, second] = tokens('\n  a\r\n\tbé');
  expect([first?.location, second?.location]).toEqual([
    { file: 'p.sql', line: 2, column: 3 },
    { file: 'p.sql', line: 3, column: 2 },
  ]);
});

test.each([
  ["a 'b", 'p.sql:1:3: LAKEFLOW_SYNTAX: a string is not closed'],
  ["'a\\'", 'p.sql:1:1: LAKEFLOW_SYNTAX: a string is not closed'],
  ['a\n`b', 'p.sql:2:1: LAKEFLOW_SYNTAX: a name in backticks is not closed'],
  ['/* /* */', 'p.sql:1:1: LAKEFLOW_SYNTAX: a comment is not closed'],
  ['a # b', 'p.sql:1:3: LAKEFLOW_SYNTAX: unexpected character "#"'],
  ['${a', 'p.sql:1:1: LAKEFLOW_SYNTAX: a parameter is not closed or has a blank in it'],
])('refuses %j with its place', (text, message) => {
  expect(errorOf(() => tokens(text))).toContain(message);
});
