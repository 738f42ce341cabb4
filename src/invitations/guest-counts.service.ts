import { Injectable } from '@nestjs/common';
import type { Answer } from './invitation.js';
import { InvitationsRepository } from './invitations.repository.js';
import { invitationAt, occurrenceSubject, takesPartAt } from './occurrence.js';
import type { Occurrence } from './series.js';
import type { Subject } from './subject.js';

/** Exact numbers of guests: whoever shows them puts them into the bands of the counts table first. */
@Injectable()
export class GuestCounts {
  constructor(private readonly invitations: InvitationsRepository) {}

  /** Of those of the subject itself, by the answer that counts now. */
  async answers(subject: Pick<Subject, 'id' | 'moves'>): Promise<Readonly<Record<Answer, number>>> {
    const [answers, guests] = await Promise.all([
      this.invitations.countAnswers(subject.id, subject.moves),
      this.invitations.countGuests(subject.id),
    ]);
    const of = (answer: Answer): number => answers.get(answer) ?? 0;
    const [accepted, tentative, declined] = [of('accepted'), of('tentative'), of('declined')];
    return { accepted, tentative, declined, 'needs-action': Math.max(0, guests - accepted - tentative - declined) };
  }

  /** How many are told when the subject moves: everyone with a place but those who said that it is not for them. */
  async toldOfMove(subject: Pick<Subject, 'id' | 'moves'>): Promise<number> {
    return (await this.answers({ id: subject.id, moves: subject.moves + 1 }))['needs-action'];
  }

  /** How many are told when one occurrence changes: those who come to it alone, and those of the whole series. */
  async toldOf(subject: Subject, occurrence: Occurrence, moved: boolean): Promise<number> {
    const of = occurrenceSubject(subject, occurrence);
    const singles = await this.answers(of);
    const told = (await this.invitations.page(subject.id, false, undefined, 0)).filter(
      (guest) =>
        guest.role === 'guest' &&
        !guest.left &&
        (takesPartAt(guest, occurrence) || (moved && invitationAt(guest, occurrence.original).why !== 'not-for-me')),
    );
    const { declined, ...others } = singles;
    return told.length + Object.values(others).reduce((sum, n) => sum + n, 0) + (moved ? declined : 0);
  }

  /** How many hear of a change of a whole series, those of single occurrences among them. */
  async inSeries({ id }: Subject): Promise<number> {
    const all = await this.invitations.page(id, true, undefined, 0);
    return all.filter(({ role, left, why }) => role === 'guest' && !left && why !== 'not-for-me').length;
  }
}
