import { expect, it } from '@jest/globals';
import { renderPage } from '../../../libs/web/answers.js';
import { type FormState, freshForm, refusedForm } from '../../../libs/web/forms.js';
import { Readers } from '../../../libs/web/reader.js';
import { loadTexts } from '../../texts/index.js';
import { RemindersField } from './reminders-field.page.js';

const reader = new Readers(loadTexts(), { style: '', icon: '', live: '', card: '' }).unknown();

/** What can be ticked, in minutes, and what is. */
function boxesOf(form: FormState): { offered: number[]; ticked: number[] } {
  const boxes = renderPage(RemindersField({ reader, form })).match(/<input[^>]*type="checkbox"[^>]*>/g) ?? [];
  const minutes = (some: readonly string[]): number[] => some.map((box) => Number(/value="(.*?)"/.exec(box)?.[1]));
  return { offered: minutes(boxes), ticked: minutes(boxes.filter((box) => / checked/.test(box))) };
}

const USUAL = [10_080, 2880, 1440, 60, 15];

it('offers the usual times, and those that the meeting has besides', () => {
  const kept = boxesOf(freshForm({ reminders: ['1440', '90'] }));
  expect(kept).toEqual({ offered: [10_080, 2880, 1440, 90, 60, 15], ticked: [1440, 90] });
  expect(boxesOf(freshForm({ reminders: '' }))).toEqual({ offered: USUAL, ticked: [] });
});

it.each(['Infinity', '1.5', '1e30', '-60', '40321', 'soon'])('offers no %s, whoever posts it', (posted) => {
  const errors = { reminders: { key: 'error.choose' } } as const;
  expect(boxesOf(refusedForm({ reminders: ['', '60', posted] }, errors))).toEqual({ offered: USUAL, ticked: [60] });
});
