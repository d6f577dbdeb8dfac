import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { pageHead, table } from './markdown';

const FOLDERS = ['aws', 'databricks'] as const;

interface Documented {
  readonly name: string;
  readonly text: string;
}
interface Property extends Documented {
  readonly type: string;
  readonly optional: boolean;
  readonly byDefault: string;
}
interface Method extends Documented {
  readonly signature: string;
}
interface ConstructDoc extends Documented {
  readonly file: string;
  readonly props: readonly Property[];
  readonly fields: readonly Property[];
  readonly methods: readonly Method[];
}

/** The page of the construct library: every exported construct with its props, from the TypeScript sources. */
export function constructsPage(root: string): string {
  const sections = FOLDERS.map((folder) => {
    const constructs = constructsIn(root, `packages/constructs/src/${folder}`);
    return `## ${folder}\n\n${constructs.map(constructSection).join('\n\n')}`;
  });
  return [
    pageHead('Constructs', 'packages/constructs/src'),
    'Imported from `@lakewright/constructs`. A prop without a default must be given.',
    '',
    sections.join('\n\n'),
    '',
  ].join('\n');
}

function constructsIn(root: string, folder: string): ConstructDoc[] {
  const files = readdirSync(join(root, folder)).filter((name) => name.endsWith('.ts'));
  return files.sort().flatMap((name) => {
    const file = `${folder}/${name}`;
    const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true);
    return source.statements.filter(ts.isClassDeclaration).flatMap((declared) => {
      if (!declared.name || !isExported(declared) || !isConstruct(declared)) return [];
      return [describe(source, file, declared, declared.name.text)];
    });
  });
}

function describe(source: ts.SourceFile, file: string, declared: ts.ClassDeclaration, name: string): ConstructDoc {
  const props = source.statements.filter(ts.isInterfaceDeclaration).find((one) => one.name.text === `${name}Props`);
  const open = declared.members.filter((member) => !isHidden(member));
  return {
    name,
    file,
    text: commentOf(declared),
    props: (props?.members ?? ts.factory.createNodeArray())
      .filter(ts.isPropertySignature)
      .map((member) => property(source, member)),
    fields: open.filter(ts.isPropertyDeclaration).map((member) => property(source, member)),
    methods: open.filter(ts.isMethodDeclaration).map((member) => ({
      name: member.name.getText(source),
      signature: `${member.name.getText(source)}(${member.parameters.map((one) => plain(one.getText(source))).join(', ')})`,
      text: commentOf(member),
    })),
  };
}

function property(source: ts.SourceFile, member: ts.PropertySignature | ts.PropertyDeclaration): Property {
  const tag = ts.getJSDocTags(member).find((one) => one.tagName.text === 'default');
  return {
    name: member.name.getText(source),
    type: plain(member.type?.getText(source) ?? ''),
    optional: member.questionToken !== undefined,
    byDefault: plain(ts.getTextOfJSDocComment(tag?.comment) ?? ''),
    text: commentOf(member),
  };
}

function constructSection(construct: ConstructDoc): string {
  const { name, file, text, props, fields, methods } = construct;
  const parts = [`### ${name}`, text, `[\`${file}\`](../../${file})`];
  if (props.length > 0) {
    const rows = props.map((one) => [
      `\`${one.name}\``,
      `\`${one.type}\``,
      one.text,
      one.optional ? one.byDefault || '(may be left out)' : '',
    ]);
    parts.push(table(['prop', 'type', 'means', 'default'], rows));
  }
  if (fields.length > 0)
    parts.push(
      table(
        ['has', 'type', ''],
        fields.map((one) => [`\`${one.name}\``, `\`${one.type}\``, one.text]),
      ),
    );
  if (methods.length > 0)
    parts.push(
      table(
        ['does', ''],
        methods.map((one) => [`\`${one.signature}\``, one.text]),
      ),
    );
  return parts.filter(Boolean).join('\n\n');
}

/** The text of a declaration's comment, without its tags. */
function commentOf(node: ts.Node): string {
  return ts
    .getJSDocCommentsAndTags(node)
    .filter(ts.isJSDoc)
    .map((comment) => plain(ts.getTextOfJSDocComment(comment.comment) ?? ''))
    .join(' ');
}

function isExported(node: ts.ClassDeclaration): boolean {
  return node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

function isConstruct(node: ts.ClassDeclaration): boolean {
  return node.heritageClauses?.some((clause) => clause.types.some((one) => one.expression.getText() === 'Construct')) ?? false;
}

function isHidden(member: ts.ClassElement): boolean {
  const modifiers = ts.canHaveModifiers(member) ? ts.getModifiers(member) : undefined;
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword || kind === ts.SyntaxKind.ProtectedKeyword) ?? false;
}

function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
