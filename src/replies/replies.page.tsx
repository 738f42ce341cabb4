import type { VNode } from 'preact';
import { Actions, Button, Card, Cards, ErrorSummary, Facts, Form, Notice } from '../../libs/web/components.js';
import { TextArea } from '../../libs/web/form-fields.js';
import type { FormState } from '../../libs/web/forms.js';
import { nameOfLanguage } from '../../libs/web/i18n.js';
import { ConsolePage } from '../../libs/web/page.js';
import type { Reader } from '../../libs/web/reader.js';
import { shortDay } from '../../libs/web/short-day.js';
import type { SignedIn } from '../people/console.guard.js';
import type { ShownReply } from './replies.service.js';

/** Characters that an answer may have. */
export const MOST_OF_AN_ANSWER = 4_000;
const MOST_OF_AN_EXCERPT = 160;

/** A reply, and where it comes from in the reader's language. */
export interface PlacedReply {
  readonly reply: ShownReply;
  readonly place: string | undefined;
}

export const repliesPage = (reader: Reader, by: SignedIn, replies: readonly PlacedReply[]): VNode => {
  const { t } = reader;
  return (
    <ConsolePage reader={reader} csrf={by.csrf} title={t('web.console.replies')}>
      <h1>{t('web.console.replies')}</h1>
      <p>{t('console.replies.lead')}</p>
      {replies.length === 0 ? (
        <Notice>{t('console.replies.none')}</Notice>
      ) : (
        <Cards>
          {replies.map((each) => (
            <Card key={each.reply.id} title={headingOf(reader, each)} href={reader.href(pathOf(each.reply))}>
              <p>{excerptOf(each.reply.text)}</p>
              <p class="soft">
                {shortDay(reader.language, each.reply.day)} ·{' '}
                {each.reply.answer === undefined ? t('console.replies.open') : t('console.replies.answered')}
              </p>
            </Card>
          ))}
        </Cards>
      )}
    </ConsolePage>
  );
};

export interface ReplyPageProps extends PlacedReply {
  readonly form: FormState;
  readonly notice?: 'sent' | 'already';
}

export const replyPage = (reader: Reader, by: SignedIn, props: ReplyPageProps): VNode => {
  const { t } = reader;
  const { reply, form, notice } = props;
  return (
    <ConsolePage reader={reader} csrf={by.csrf} title={headingOf(reader, props)} path={pathOf(reply)}>
      <p>
        <a href={reader.href('/console/replies')}>{t('web.console.replies')}</a>
      </p>
      <h1>{headingOf(reader, props)}</h1>
      {notice === 'sent' && <Notice kind="success">{t('console.replies.sent')}</Notice>}
      {notice === 'already' && (
        <Notice kind="warning" title={t('console.replies.already')}>
          {t('console.replies.already.text')}
        </Notice>
      )}
      <Facts
        facts={[
          [t('console.replies.day'), shortDay(reader.language, reply.day)],
          [t('console.replies.kind'), t(`console.replies.kind.${reply.kind}`)],
        ]}
      />
      <Words text={reply.text} language={reply.language} />
      {reply.answer === undefined ? (
        <Form reader={reader} action={pathOf(reply)} csrf={by.csrf}>
          <ErrorSummary reader={reader} form={form} labels={{ answer: t('console.replies.answer') }} />
          <TextArea
            reader={reader}
            form={form}
            name="answer"
            label={t('console.replies.answer')}
            hint={t('console.replies.answer.hint')}
            max={MOST_OF_AN_ANSWER}
            rows={8}
            required
          />
          <Actions>
            <Button>{t('console.replies.send')}</Button>
          </Actions>
        </Form>
      ) : (
        <>
          <h2>{t('console.replies.sent-text')}</h2>
          <Words text={reply.answer} language={null} />
        </>
      )}
    </ConsolePage>
  );
};

const Words = ({ text, language }: { readonly text: string; readonly language: string | null }): VNode => (
  <blockquote {...(language !== null && { lang: language })}>
    {text.split(/\n{2,}/).map((part, index) => (
      <p key={index}>{part.split('\n').flatMap((line, at) => (at === 0 ? [line] : [<br key={at} />, line]))}</p>
    ))}
  </blockquote>
);

/** "A reply from Donga, in French", as far as either is said. */
function headingOf({ t, language }: Reader, { reply, place }: PlacedReply): string {
  const spoken = reply.language === null ? undefined : nameOfLanguage(reply.language, language);
  if (place !== undefined && spoken !== undefined) return t('console.replies.from-in', { place, language: spoken });
  if (place !== undefined) return t('console.replies.from', { place });
  return spoken === undefined ? t('console.replies.plain') : t('console.replies.in', { language: spoken });
}

const excerptOf = (text: string): string =>
  text.length <= MOST_OF_AN_EXCERPT ? text : `${text.slice(0, MOST_OF_AN_EXCERPT).toWellFormed().trimEnd()}…`;

const pathOf = ({ id }: ShownReply): string => `/console/replies/${id}`;
