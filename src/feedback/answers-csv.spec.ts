import { describe, expect, it } from '@jest/globals';
import { cell, csvHead, csvLine } from './answers-csv.js';

describe('answers as CSV', () => {
  it.each([
    ['=HYPERLINK("http://evil")', `"'=HYPERLINK(""http://evil"")"`],
    ['+1', `"'+1"`],
    ['-1', `"'-1"`],
    ['@SUM(A1)', `"'@SUM(A1)"`],
    ['\tx', `"'\tx"`],
    ['\rx', `"'\rx"`],
    ['  =1', `"'  =1"`],
    ['＝1', `"'＝1"`],
    ['|cmd', `"'|cmd"`],
    ['1 = 1', '"1 = 1"'],
    ['a,"b"\nc', '"a,""b""\nc"'],
    ['', '""'],
  ])('%j becomes %j', (value, shown) => {
    expect(cell(value)).toBe(shown);
  });

  it('is read as UTF-8 by Excel and has a column for what stands beside an answer', () => {
    expect(csvHead).toBe('\uFEFFtopic,answer,region,country,language,meeting,week\r\n');
    const answer = { id: 'i', week: '2027-W02' };
    expect(csvLine({ ...answer, topic: 'questions', text: 'Où ?', place: { region: 'copargo' }, language: 'fr' })).toBe(
      '"questions","Où ?","copargo","","fr","","2027-W02"\r\n',
    );
    expect(
      csvLine({ ...answer, topic: 'contributions', choice: 'pilots', place: { country: 'BJ' }, meeting: 'm' }),
    ).toBe('"contributions","pilots","","BJ","","m","2027-W02"\r\n');
  });
});
