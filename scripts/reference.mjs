/**
 * Writes the reference of the documentation: a page for each element, from custom-elements.json, and one for what
 * `rtc-call/core.js` and `rtc-call/signaling.js` export, from their sources.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const folder = 'docs/reference';

const elements = () =>
  JSON.parse(readFileSync('custom-elements.json', 'utf8'))
    .modules.flatMap(({ declarations }) => declarations)
    .filter(({ tagName }) => tagName);

/** The tags of all elements, the whole call first. */
export const documentedTags = () =>
  elements()
    .map(({ tagName }) => tagName)
    .sort((one, other) => (other === 'rtc-call') - (one === 'rtc-call') || one.localeCompare(other));

const oneLine = (text = '') => text.replace(/\s+/g, ' ').trim();
const cell = (text) => oneLine(text).replaceAll('|', '\\|');
const code = (text) => (text ? `\`${oneLine(text)}\`` : '');

/** A section with a table; nothing where there are no rows. A last column that is empty throughout is left out. */
function section(title, head, rows, lead = '') {
  if (rows.length === 0) return [];
  const used = head.map((_, index) => rows.some((row) => row[index]));
  const line = (cells) => `| ${cells.filter((_, index) => used[index]).join(' | ')} |`;
  return [
    `## ${title}`,
    '',
    ...(lead ? [lead, ''] : []),
    line(head),
    line(head.map(() => '---')),
    ...rows.map((row) => line(row.map(cell))),
    '',
  ];
}

const parameters = (list = []) =>
  list.map(({ name, optional, default: value }) => (optional || value ? `${name}?` : name)).join(', ');

/** `What. Of `<rtc-join>`.` → the words and the tag that they name. */
function origin(description) {
  const match = /^([^]*?) Of `<([\w-]+)>`\.$/.exec(oneLine(description));
  return match ? { words: match[1], tag: match[2] } : { words: description, tag: null };
}

function partRows(cssParts = []) {
  const all = cssParts.map(({ name, description }) => ({ name, ...origin(description) }));
  return all.map(({ name, words, tag }) => [
    code(name),
    words,
    tag ? `[\`<${tag}>\`](${tag}.md)` : 'this element',
  ]);
}

/** What the class of an event carries, in the words of `CallEventDetails`. */
const detailOf = ({ type }, details) => {
  if (!type) return '';
  const name = type.text.replace(/^Rtc|Event$/g, '');
  const key = name.replace(/(?<=[a-z])[A-Z]/g, '-$&').toLowerCase();
  return details.get(key) ?? '';
};

/**
 * What the core says of the members that `<rtc-call>` hands on to it, by name: more than the element does, with units,
 * defaults and errors.
 */
function wordsOfCore(checker, program) {
  const words = new Map();
  const take = (file, name) => {
    const { members } = program.getSourceFile(file).statements.find((node) => node.name?.text === name);
    for (const member of members) {
      if (!member.name || isHidden(member)) continue;
      const text = documentationOf(member, checker);
      if (text) words.set(member.name.getText(), text);
    }
  };
  take('src/core/capture.ts', 'LocalMediaOptions');
  take('src/core/call-options.ts', 'CallOptions');
  take('src/core/call-controller.ts', 'CallController');
  return words;
}

function elementPage(element, details, wordsOf) {
  const { tagName, name, description, members = [], attributes = [] } = element;
  const fields = members.filter(({ kind, static: isStatic }) => kind === 'field' && !isStatic);
  const attributeOf = new Map(attributes.map((attribute) => [attribute.fieldName, attribute]));
  const settings = fields.filter(({ readonly }) => !readonly);
  const plain = attributes.filter(({ fieldName }) => !fieldName);
  const methods = members.filter(({ kind, static: isStatic }) => kind === 'method' && !isStatic);
  const settable = (field) => {
    const attribute = attributeOf.get(field.name);
    return [code(field.name), code(attribute?.name), code(field.type?.text), wordsOf(field)];
  };
  return [
    `# \`<${tagName}>\``,
    '',
    description,
    '',
    `Class \`${name}\` in \`rtc-call\`; registered by \`rtc-call/define.js\`.`,
    '',
    ...section(
      'Attributes and properties',
      ['property', 'attribute', 'type', 'meaning'],
      [
        ...settings.map(settable),
        ...plain.map((attribute) => [
          '',
          code(attribute.name),
          code(attribute.type?.text),
          attribute.description,
        ]),
      ],
    ),
    ...section(
      'Properties to read',
      ['property', 'type', 'meaning'],
      fields
        .filter(({ readonly }) => readonly)
        .map((field) => [code(field.name), code(field.type?.text), wordsOf(field)]),
    ),
    ...section(
      'Methods',
      ['method', 'returns', 'meaning'],
      methods.map((method) => [
        code(`${method.name}(${parameters(method.parameters)})`),
        code(method.return?.type.text ?? 'void'),
        wordsOf(method),
      ]),
    ),
    ...section(
      'Events',
      ['event', 'class', 'detail', 'when'],
      (element.events ?? []).map((event) => [
        code(event.name),
        code(event.type?.text),
        code(detailOf(event, details)),
        /^`\{[^`]*\}`$/.test(event.description) ? '' : event.description.replace(/^`\{[^`]*\}`: /, ''),
      ]),
      tagName === 'rtc-call'
        ? 'All bubble and cross shadow roots. The types are in the [core](core.md).'
        : '',
    ),
    ...section(
      'Slots',
      ['slot', 'what it shows'],
      (element.slots ?? []).map((slot) => [slot.name ? code(slot.name) : '(default)', slot.description]),
    ),
    ...section(
      'Parts',
      ['part', 'what it is', 'of'],
      partRows(element.cssParts),
      `Styled from outside by \`${tagName}::part(name)\`.`,
    ),
    ...section(
      'States',
      ['state', 'when'],
      (element.cssStates ?? []).map((state) => [code(state.name), state.description]),
      `For CSS: \`${tagName}:state(name)\`.`,
    ),
    ...section(
      'Custom properties',
      ['property', 'what'],
      (element.cssProperties ?? []).map((property) => [code(property.name), property.description]),
    ),
    ...section(
      'Commands',
      ['command', 'what it does'],
      (element.commands ?? []).map((command) => [code(command.name), command.description]),
      'For buttons with `commandfor` and `command`, where the browser has invoker commands.',
    ),
  ].join('\n');
}

/** What is written above a member itself; not what it inherits. */
function documentationOf(node, checker) {
  if (ts.getJSDocCommentsAndTags(node).length === 0) return '';
  const symbol = checker.getSymbolAtLocation(node.name);
  const said = [
    ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim(),
    ...tagLines(symbol, checker),
  ];
  return said.filter(Boolean).join(' ');
}

/** What `@param`, `@returns` and `@throws` say. */
function tagLines(symbol, checker) {
  return symbol.getJsDocTags(checker).flatMap(({ name, text }) => {
    const words = oneLine(ts.displayPartsToString(text));
    if (name === 'param') {
      const [, parameter, what] = /^(\S+) ?(.*)$/.exec(words) ?? [];
      return what ? [`\`${parameter}\`: ${what}`] : [];
    }
    if (name === 'returns') return [`Returns ${words}.`];
    return name === 'throws' ? [`Throws ${words.replace(/^\{(\w+)\}/, '`$1`')}.`] : [];
  });
}

const isHidden = (node) =>
  ts.getCombinedModifierFlags(node) & (ts.ModifierFlags.Private | ts.ModifierFlags.Static) ||
  (node.name && ts.isPrivateIdentifier(node.name));

/** A declaration's own text up to its body. */
const headOf = (node) =>
  oneLine(node.body ? node.getText().slice(0, node.body.getStart() - node.getStart()) : node.getText())
    .replace(/;$/, '')
    .replace(/^(export|async|override|declare) /g, '')
    .trim();

function memberRows(declaration, checker) {
  const rows = [];
  const seen = new Set();
  for (const member of declaration.members) {
    if (isHidden(member) || ts.isSetAccessorDeclaration(member) || !member.name) continue;
    const name = member.name.getText();
    if (seen.has(name)) continue;
    seen.add(name);
    const text = ts.isGetAccessorDeclaration(member)
      ? `${name}: ${member.type.getText()}`
      : headOf(member)
          .replaceAll('readonly ', '')
          .replace(/ = .*$/, '');
    rows.push([code(text), documentationOf(member, checker)]);
  }
  return rows;
}

function exported(symbol, checker) {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const [declaration] = target.declarations;
  const said = ts.displayPartsToString(target.getDocumentationComment(checker)).trim();
  const lines = [`### ${symbol.name}`, '', said, ''];
  if (ts.isClassDeclaration(declaration) || ts.isInterfaceDeclaration(declaration)) {
    const creation = declaration.members.find(ts.isConstructorDeclaration);
    if (creation && !isHidden(creation)) {
      const args = creation.parameters.map((parameter) => oneLine(parameter.getText())).join(', ');
      lines.push('```ts', `new ${symbol.name}(${args})`, '```', '');
    }
    const base = declaration.heritageClauses?.map((clause) => code(clause.getText())).join(' ');
    if (base) lines.push(base, '');
    const rows = memberRows(declaration, checker);
    if (rows.length > 0) {
      lines.push('| member | meaning |', '| --- | --- |');
      for (const row of rows) lines.push(`| ${row.map(cell).join(' | ')} |`);
      lines.push('');
    }
  } else if (ts.isTypeAliasDeclaration(declaration)) {
    lines.push('```ts', declaration.getText().replace(/^export /, ''), '```', '');
  } else if (ts.isFunctionDeclaration(declaration)) {
    lines.push(
      '```ts',
      headOf(declaration),
      '```',
      '',
      ...tagLines(target, checker).map((it) => `- ${it}`),
      '',
    );
  }
  return lines;
}

const kinds = [
  ['Classes', ts.SymbolFlags.Class],
  ['Functions', ts.SymbolFlags.Function],
  ['Types', ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias],
  ['Values', ts.SymbolFlags.Variable],
];

function modulePage(title, lead, files, checker, program) {
  const symbols = files.flatMap((file) =>
    checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file))),
  );
  const flagsOf = (symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol).flags : symbol.flags;
  const lines = [`# ${title}`, '', lead, ''];
  for (const [heading, flags] of kinds) {
    const those = symbols.filter((symbol) => flagsOf(symbol) & flags);
    if (those.length > 0) lines.push(`## ${heading}`, '');
    for (const symbol of those) lines.push(...exported(symbol, checker));
  }
  return lines.join('\n');
}

/** The details of the events, by the name of the event without `rtc-`. */
function eventDetails(checker, program) {
  const source = program.getSourceFile('src/core/call-events.ts');
  const declaration = source.statements.find((node) => node.name?.text === 'CallEventDetails');
  return new Map(
    declaration.members.map(({ name, type }) => [
      name.text,
      oneLine(type.getText().replaceAll('readonly ', '')),
    ]),
  );
}

/** Writes all pages. The working folder is the repository, custom-elements.json as it is in it. */
export function writeReference() {
  const entries = ['src/core.ts', 'src/signaling.ts'];
  const { config } = ts.readConfigFile('tsconfig.json', (path) => readFileSync(path, 'utf8'));
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, '.');
  const program = ts.createProgram(entries, options);
  const checker = program.getTypeChecker();
  const write = (name, text) => {
    const page = text.replace(/\n{3,}/g, '\n\n').trim();
    writeFileSync(join(folder, `${name}.md`), `---\naside: false\npageClass: reference\n---\n\n${page}\n`);
  };
  const details = eventDetails(checker, program);
  const core = wordsOfCore(checker, program);
  for (const element of elements()) {
    const wordsOf = ({ name, description }) =>
      (element.tagName === 'rtc-call' && core.get(name)) || description;
    write(element.tagName, elementPage(element, details, wordsOf));
  }
  const lead =
    'What `rtc-call/core.js` exports: the call without elements and without lit. [Without elements](../guide/own-layout.md#without-elements) shows it at work.';
  write('core', modulePage('Core', lead, entries.slice(0, 1), checker, program));
  const signaling = 'What `rtc-call/signaling.js` exports. The guide: [signaling](../guide/signaling.md).';
  write('signaling', modulePage('Signaling helper', signaling, entries.slice(1), checker, program));
}
