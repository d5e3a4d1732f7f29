/** Medians, spread and slopes of measured values, and how they are written. */

/** The value below which a share of the values lies, between neighbours in proportion; NaN for none. */
export function quantile(values, share) {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)];
  const high = sorted[Math.ceil(at)];
  if (low === undefined) return NaN;
  return low === high ? low : low + (high - low) * (at - Math.floor(at)); // Infinity, too
}

export const median = (values) => quantile(values, 0.5);

/** Slope and start of the straight line nearest to the points, by least squares. @param {[number, number][]} points */
export function line(points) {
  const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;
  const x = mean(points.map(([value]) => value));
  const y = mean(points.map(([, value]) => value));
  const covariance = mean(points.map(([px, py]) => (px - x) * (py - y)));
  const slope = covariance / mean(points.map(([px]) => (px - x) ** 2));
  return { slope, start: y - slope * x };
}

/** A number with so many digits after the point; a dash where there is none. */
export function number(value, digits = 0) {
  return Number.isFinite(value) ? value.toFixed(digits) : '–';
}

/** Median and quartiles: `637 (630–655)`. */
export function spread(values, digits = 0) {
  if (values.length === 0) return '–';
  const [low, high] = [quantile(values, 0.25), quantile(values, 0.75)];
  return `${number(median(values), digits)} (${number(low, digits)}–${number(high, digits)})`;
}

/**
 * A table in Markdown that reads well in a terminal too.
 *
 * @param {string[]} head
 * @param {(string | number)[][]} rows
 */
export function table(head, rows) {
  const lines = [head, ...rows].map((cells) => cells.map(String));
  const widths = head.map((_, column) => Math.max(3, ...lines.map((cells) => cells[column].length)));
  const write = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [write(lines[0]), rule, ...lines.slice(1).map(write)].join('\n');
}
