import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { htmlWords } from './html-words.js';
import { languageOf } from './language-of.js';
import { MOST_CHARACTERS, ownWords } from './own-words.js';

const team = 'Come Together <team@come-together.example>';
const quoted = '> Hello,\n> You are invited.\n>\n> Accept or decline';
const bare = 'Hello,\nYou are invited.\n\nAccept or decline';

/** How programs introduce what they answer, in the languages of the product. */
const ATTRIBUTIONS: readonly (readonly [string, string])[] = [
  ['Gmail, English', `On Mon, Jan 11, 2027 at 9:00 AM ${team} wrote:\n\n${quoted}`],
  [
    'Gmail, broken over two lines',
    `On Mon, Jan 11, 2027 at 9:00 AM Come Together <\nteam@come-together.example> wrote:\n\n${quoted}`,
  ],
  ['Gmail, French', `Le lun. 11 janv. 2027 à 09:00, ${team} a\nécrit :\n\n${quoted}`],
  [
    'Gmail, German',
    `Am Mo., 11. Jan. 2027 um 09:00 Uhr schrieb Come Together <\nteam@come-together.example>:\n\n${quoted}`,
  ],
  [
    'Gmail, Spanish',
    `El lun, 11 ene 2027 a las 9:00, Come Together (<team@come-together.example>)\nescribió:\n\n${quoted}`,
  ],
  ['Apple, English', `On 11 Jan 2027, at 09:00, ${team} wrote:\n\n${quoted}`],
  ['Apple, French', `Le 11 janv. 2027 à 09:00, ${team} a écrit :\n\n${quoted}`],
  ['Apple, German', `Am 11.01.2027 um 09:00 schrieb ${team}:\n\n${quoted}`],
  ['Apple, Spanish', `El 11 ene 2027, a las 9:00, ${team} escribió:\n\n${quoted}`],
  ['Thunderbird, English', `On 11/01/2027 09:00, Come Together wrote:\n${quoted}`],
  ['Thunderbird, French', `Le 11/01/2027 à 09:00, Come Together a écrit :\n${quoted}`],
  ['Thunderbird, German', `Am 11.01.27 um 09:00 schrieb Come Together:\n${quoted}`],
  ['Thunderbird, Spanish', `El 11/1/27 a las 9:00, Come Together escribió:\n${quoted}`],
  ['Outlook, English', `-----Original Message-----\nFrom: ${team}\nSent: Monday\n\n${bare}`],
  ['Outlook, German', `-----Ursprüngliche Nachricht-----\nVon: ${team}\nGesendet: Montag\n\n${bare}`],
  ['Outlook, French', `-----Message d’origine-----\nDe : ${team}\nEnvoyé : lundi\n\n${bare}`],
  ['Outlook, Spanish', `-----Mensaje original-----\nDe: ${team}\nEnviado el: lunes\n\n${bare}`],
  ['Outlook on the web', `________________________________\nFrom: ${team}\nSent: Monday\n\n${bare}`],
  ['Outlook without a line', `From: ${team}\nSent: Monday, 11 January 2027\nTo: Afi\nSubject: Invitation\n\n${bare}`],
  ['Outlook in bold', `*De :* ${team}\n*Envoyé :* lundi\n*À :* Afi\n\n${bare}`],
  ['Outlook, German, without a line', `Von: ${team}\nDatum: Montag\nAn: Afi\nBetreff: Einladung\n\n${bare}`],
];

/** What stands below a text and is not of it. */
const ENDINGS: readonly (readonly [string, string])[] = [
  ['a signature', '-- \nAfi Dossou\nDonga'],
  ['Apple, English', 'Sent from my iPhone'],
  ['Apple, French', 'Envoyé de mon iPhone'],
  ['Apple, German', 'Von meinem iPhone gesendet'],
  ['Apple, Spanish', 'Enviado desde mi iPhone'],
  ['Outlook, English', 'Get Outlook for Android<https://aka.ms/x>'],
  ['Outlook, German', 'Outlook für iOS beziehen'],
  ['Outlook, French', 'Télécharger Outlook pour iOS'],
  ['Outlook, Spanish', 'Obtener Outlook para Android'],
  ['Windows, German', 'Gesendet von Mail für Windows'],
  ['a closing, English', 'Kind regards,\nAfi Dossou'],
  ['a closing, French', 'Bien cordialement\n\nAfi Dossou\n+229 00 00 00'],
  ['a closing, German', 'Mit freundlichen Grüßen\nAfi Dossou'],
  ['a closing, Spanish', 'Un saludo,\nAfi'],
];

const words = 'May I bring a friend?\n\nShe has an idea, too.';

describe('what a person wrote', () => {
  it.each(ATTRIBUTIONS)('above what is answered: %s', (_, below) => {
    expect(ownWords(`${words}\n\n${below}\n`)).toBe(words);
  });

  it.each(ATTRIBUTIONS.filter(([, below]) => below.includes('\n>')))('below what is answered: %s', (_, above) => {
    expect(ownWords(`${above}\n\n${words}\n`)).toBe(words);
  });

  it.each(ENDINGS)('without what stands below: %s', (_, below) => {
    expect(ownWords(`${words}\n\n${below}\n`)).toBe(words);
    expect(ownWords(`${words}\n\n${below}\n\n${ATTRIBUTIONS[0]?.[1] ?? ''}\n`)).toBe(words);
  });

  it('between quoted lines', () => {
    expect(ownWords('On 11/01/2027 09:00, Come Together wrote:\n> When?\nTuesday.\n> Where?\nOnline.')).toBe(
      'Tuesday.\nOnline.',
    );
  });

  it.each([
    'On Monday I wrote to you about the bus.',
    'Le bus est parti. Elle a écrit : oui.',
    'Thanks, that helps. Best regards from Donga to all of you, and see you on Tuesday!',
    'De: Copargo, a question\nWhat is next?',
    'Am I invited? 5 people asked.',
  ])('is left alone where it only sounds like a program: %s', (text) => {
    expect(ownWords(text)).toBe(text);
  });

  it('keeps a text that is only a closing', () => {
    expect(ownWords('Thanks!\nAfi')).toBe('Thanks!\nAfi');
  });

  it('shows no address', () => {
    expect(ownWords('Write to afi.dossou+x@donga.example, please.')).toBe('Write to …@…, please.');
  });

  it('is nothing where there is only a quotation', () => {
    expect(ownWords(`${ATTRIBUTIONS[0]?.[1] ?? ''}\n`)).toBe('');
  });

  it('is well-formed, without control characters, and of a bounded length, whatever was sent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 6_000 }), (text) => {
        const own = ownWords(text);
        expect(own.isWellFormed() && own.length <= MOST_CHARACTERS).toBe(true);
        expect(own).not.toMatch(/[\0-\x08\x0b-\x1f\x7f]/);
      }),
      { numRuns: 50 },
    );
  });

  it('is found in time by its length', () => {
    for (const line of ['>', 'On 1 '.repeat(50), 'Am 1,'.repeat(50), '-'.repeat(300), 'a@'.repeat(150), 'De: '])
      expect(ownWords(`${line}\n`.repeat(20_000)).length).toBeLessThanOrEqual(MOST_CHARACTERS);
  });
});

describe('the words of HTML', () => {
  it.each([
    [
      'paragraphs',
      '<html><head><style>p{}</style></head><body><p>One &amp; two</p><div>three<br>four</div></body>',
      'One & two\nthree\nfour',
    ],
    ['Gmail’s quotation', '<div dir="ltr">Yes</div><br><div class="gmail_quote">On Monday</div>', 'Yes'],
    ['Outlook’s quotation', '<p>Yes</p><div id="appendonsend"></div><hr><div>From: us</div>', 'Yes'],
    ['Apple’s quotation', 'Yes<br><blockquote type="cite">Hello</blockquote>', 'Yes'],
    ['scripts', 'A<script>alert("</p>")</script>B<!-- C -->D', 'ABD'],
    ['entities', '&lt;b&gt; &#233;&#xE9; &nope; &#0; &__proto__;', '<b> éé &nope;  &__proto__;'],
    ['what is broken off', 'Yes <a href="', 'Yes'],
  ])('%s', (_, html, text) => {
    expect(htmlWords(html)).toBe(text);
  });
});

describe('the language of a text', () => {
  it.each([
    ['en', 'Where can I find the materials that you have?'],
    ['fr', 'Est-ce que je peux venir avec une amie ?'],
    ['de', 'Kann ich eine Freundin mitbringen? Das wäre schön, danke.'],
    ['es', '¿Puedo ir con una amiga? Muchas gracias por la invitación.'],
    [undefined, 'Ɛ̀ɛ, n ɖó kan ɖo.'],
    [undefined, ''],
  ])('%s', (language, text) => {
    expect(languageOf(text)).toBe(language);
  });
});

describe('a line that is full of blanks', () => {
  it('is read in time by its length, and keeps none at its end', () => {
    const blanks = ' \t'.repeat(90_000);
    expect(ownWords(`${blanks}together`)).toBe('together');
    expect(ownWords(`Come \u00a0\ntogether${blanks}`)).toBe('Come\ntogether');
  });
});
