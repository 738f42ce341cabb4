/**
 * The envelope's sender for one mail (VERP): a bounce names the mail that it is about, whatever it holds otherwise. It goes
 * to an address of its own at the domain of `from`, never to the team's mailbox, where people would read addresses in it.
 * @param token hexadecimal, as servers on the way may change the case of letters
 */
export function returnPath(from: string, token: string): string {
  if (!/^[0-9a-f]{1,48}$/.test(token)) throw new RangeError('not a token of a mail');
  return `bounce+${token}@${domainOf(from)}`;
}

/** The token in such an address; undefined for any other. */
export const tokenIn = (address: string): string | undefined =>
  /^bounce\+([0-9a-f]{1,48})@/i.exec(address)?.[1]?.toLowerCase();

export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1);
