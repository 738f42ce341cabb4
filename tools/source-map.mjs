const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * Of a source map the lines of our own files, without columns: a tenth of what there is to read when an error wants its
 * place. It says where ours end, as what follows would belong to the last of them. (Numbers are differences to those before,
 * in base 64; https://tc39.es/ecma426/)
 */
export function oursIn({ version, sources, mappings }) {
  const isOurs = sources.map((source) => /^(\.\.\/)*(src|libs)\//.test(source));
  let [source, line, column] = [0, 0, 0];
  let told = [0, 0, 0];
  let inOurs = false;
  const lines = mappings.split(';').map((segments) => {
    let begin = 0;
    let last = -1;
    const kept = [];
    let toldBegin = 0;
    for (const segment of segments.split(',')) {
      const [begins, ...origin] = decoded(segment);
      if (begins === undefined) continue;
      begin += begins;
      if (origin.length === 0) continue;
      source += origin[0];
      line += origin[1];
      column += origin[2];
      if (!isOurs[source]) {
        if (inOurs) {
          kept.push(encoded([begin - toldBegin]));
          toldBegin = begin;
        }
        inOurs = false;
        continue;
      }
      if (inOurs && line === last) continue;
      inOurs = true;
      last = line;
      kept.push(encoded([begin - toldBegin, source - told[0], line - told[1], column - told[2]]));
      toldBegin = begin;
      told = [source, line, column];
    }
    return kept.join(',');
  });
  return { version, sources, names: [], mappings: lines.join(';') };
}

function decoded(segment) {
  const numbers = [];
  let [number, shift] = [0, 0];
  for (const digit of segment) {
    const bits = DIGITS.indexOf(digit);
    number |= (bits & 31) << shift;
    shift += 5;
    if (bits & 32) continue;
    numbers.push(number & 1 ? -(number >> 1) : number >> 1);
    [number, shift] = [0, 0];
  }
  return numbers;
}

const encoded = (numbers) =>
  numbers
    .map((number) => {
      let text = '';
      let rest = number < 0 ? (-number << 1) | 1 : number << 1;
      do {
        text += DIGITS[(rest & 31) | (rest > 31 ? 32 : 0)];
        rest >>= 5;
      } while (rest > 0);
      return text;
    })
    .join('');
