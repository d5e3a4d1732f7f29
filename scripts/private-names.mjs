import MagicString from 'magic-string';

/**
 * A rollup plugin: numbers the `#private` names of each class in the order of their declarations. terser gives one
 * short name to each private name of the bundle, so that classes whose names differ look alike to gzip only if they
 * are numbered alike.
 *
 * @param {(id: string) => boolean} includes
 */
export const numberPrivateNames = (includes) => ({
  name: 'number-private-names',
  transform(code, id) {
    if (!includes(id)) return null;
    const text = new MagicString(code);
    rename(this.parse(code), [], text);
    return { code: text.toString(), map: text.generateMap({ hires: true }) };
  },
});

/** @param {Map<string, string>[]} scopes new names by old ones, of each class around the node, the innermost first */
function rename(node, scopes, text) {
  if (node.type === 'ClassBody') {
    const taken = scopes.reduce((sum, { size }) => sum + size, 0);
    const names = node.body.map(({ key }) => key).filter((key) => key?.type === 'PrivateIdentifier');
    const unique = [...new Set(names.map(({ name }) => name))]; // a getter and its setter share one
    scopes = [new Map(unique.map((name, index) => [name, `#_${taken + index}`])), ...scopes];
  } else if (node.type === 'PrivateIdentifier') {
    const scope = scopes.find((names) => names.has(node.name));
    text.overwrite(node.start, node.end, scope.get(node.name));
  }
  for (const child of Object.values(node).flat()) {
    if (typeof child?.type === 'string') rename(child, scopes, text);
  }
}
