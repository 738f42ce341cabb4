/** Words that stand in nearly every text of a language and in few of another. */
const WORDS: Readonly<Record<string, ReadonlySet<string>>> = {
  en: new Set(
    'the and of to is it you for that with we not are have this would can will on be i my please thanks'.split(' '),
  ),
  fr: new Set(
    'le la les et est je vous nous pas que pour une des du dans avec ce merci mais sur au bonjour très'.split(' '),
  ),
  de: new Set(
    'der die das und ist ich sie wir nicht zu mit für ein eine auf dass es den danke aber auch bitte guten'.split(' '),
  ),
  es: new Set(
    'el los las y es yo usted nosotros no que por para una del con en gracias pero muy se lo al hola está'.split(' '),
  ),
};

/** Which of the languages of the product a text is in, by its commonest words; undefined where they do not tell. */
export function languageOf(text: string): string | undefined {
  const words =
    text
      .slice(0, 4_000)
      .toLowerCase()
      .match(/\p{L}+/gu) ?? [];
  const counts = Object.entries(WORDS)
    .map(([language, known]) => ({ language, count: words.filter((word) => known.has(word)).length }))
    .sort((a, b) => b.count - a.count);
  const [first, second] = counts;
  return first && first.count > 0 && first.count > (second?.count ?? 0) ? first.language : undefined;
}
