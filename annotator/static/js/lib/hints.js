// Letters over words, typed to take one: each word has its own, all of the same length, so that none begins another.

/** The codes of `count` words from these letters, as short as they can be. */
export function hintCodes(count, letters) {
  let length = 1;
  while (letters.length ** length < count) length += 1;
  return Array.from({ length: count }, (_, n) =>
    Array.from({ length }, (__, at) => letters[Math.floor(n / letters.length ** (length - 1 - at)) % letters.length]).join(''));
}

/** The first of `count` things in order for which `reached` holds, and the first after it for which `left` does. */
export function stretchOf(count, reached, left) {
  const from = firstOf(0, count, reached);
  return [from, firstOf(from, count, left)];
}

function firstOf(from, to, holds) {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
