import { done, refuse, type Result } from '../../libs/rules/decision.js';
import { type Id, idBytes } from '../../libs/privacy/ids.js';

/**
 * A room of its own that nobody can guess: 16 random bytes in hex, as rooms are often told apart without regard to case.
 * @param base where rooms are, such as https://meet.jit.si
 */
export const freshRoom = (base: string, random: Id): string =>
  `${base.replace(/\/+$/, '')}/come-together-${idBytes(random).toString('hex')}`;

/** A room that someone runs elsewhere: an https address that shows where it leads, without a name and password in it. */
export function readRoom(typed: string): Result<string, 'not-https'> {
  const url = URL.parse(typed);
  if (url?.protocol !== 'https:' || !/^https:\/\//i.test(typed)) return refuse('not-https');
  if (url.username !== '' || url.password !== '' || /\s/.test(typed)) return refuse('not-https');
  return done(url.href);
}
