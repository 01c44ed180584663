/** Compares two versions such as 20.19 and 20.19.0; a missing part counts as 0. */
function compare(a, b) {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let i = 0; i < 3; i += 1) {
    const difference = (left[i] || 0) - (right[i] || 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const satisfies = (version, comparator) => {
  const bound = comparator.replace(/^[<>=]+/, '');
  if (comparator.startsWith('>=')) return compare(version, bound) >= 0;
  if (comparator.startsWith('<')) return compare(version, bound) < 0;
  return compare(version, bound) === 0;
};

/**
 * What is wrong with this version of Node, as one line for people, or undefined when it will do.
 * `range` is `engines.node` of package.json: comparators `>=` and `<`, joined by blanks, alternatives by `||`.
 */
export function unsupportedNode(version, range) {
  const fits = range.split('||').some((set) =>
    set
      .trim()
      .split(/\s+/)
      .every((comparator) => satisfies(version, comparator)),
  );
  return fits ? undefined : `Tradsy needs Node ${range}; this is Node ${version}.`;
}
