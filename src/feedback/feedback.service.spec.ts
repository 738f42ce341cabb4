import { describe, expect, it } from '@jest/globals';
import type { AnswersRepository } from './answers.repository.js';
import type { Form, NewForm } from './feedback.js';
import { FeedbackService } from './feedback.service.js';
import type { WaitingFormsRepository } from './waiting-forms.repository.js';

const form = (text: string): NewForm => ({ pool: 'interest', language: 'fr', fields: { questions: text } });
const texts = (forms: readonly Form[]) => forms.map(({ fields }) => fields.questions);

/** A place where `add` does what the test says; each call is written down. */
function serviceWith(add: (forms: readonly Form[]) => Promise<number>) {
  const saves: (readonly Form[])[] = [];
  const waiting: Pick<WaitingFormsRepository, 'add'> = {
    add: (forms) => {
      saves.push(forms);
      return add(forms);
    },
  };
  return { saves, service: new FeedbackService(waiting as WaitingFormsRepository, {} as AnswersRepository) };
}

describe('keeping forms', () => {
  it('saves those that wait together as one, and acknowledges after that', async () => {
    let saved: ((count: number) => void) | undefined;
    const { saves, service } = serviceWith((forms) =>
      saves.length === 1 ? new Promise((resolve) => (saved = resolve)) : Promise.resolve(forms.length),
    );
    const acknowledged: string[] = [];
    const all = ['a', 'b', 'c'].map((text) => service.keep(form(text)).then(() => acknowledged.push(text)));
    await new Promise(setImmediate);
    expect(acknowledged).toEqual([]);
    saved?.(1);
    await Promise.all(all);
    expect(saves.map(texts)).toEqual([['a'], ['b', 'c']]);
    expect(saves.flat().every(({ runs }) => runs === 0)).toBe(true);
  });

  it('repeats what another process was faster with, and goes on where a document ended', async () => {
    const answers = [1, 0, 0, 1, 1];
    const { saves, service } = serviceWith(() => Promise.resolve(answers.shift() ?? 0));
    await Promise.all(['a', 'b', 'c'].map((text) => service.keep(form(text))));
    expect(saves.map(texts)).toEqual([['a'], ['b', 'c'], ['b', 'c'], ['b', 'c'], ['c']]);
  });

  it('acknowledges nothing that failed, and keeps the next', async () => {
    let broken = true;
    const { service } = serviceWith((forms) =>
      broken ? Promise.reject(new Error('down')) : Promise.resolve(forms.length),
    );
    await expect(service.keep(form('a'))).rejects.toThrow('down');
    broken = false;
    await expect(service.keep(form('b'))).resolves.toBeUndefined();
  });

  it('keeps no empty form and none that no document holds', async () => {
    const { saves, service } = serviceWith((forms) => Promise.resolve(forms.length));
    await service.keep(form('  '));
    await expect(service.keep(form('x'.repeat(262_144)))).rejects.toThrow(RangeError);
    expect(saves).toEqual([]);
  });
});
