import type { ComponentChildren, VNode } from 'preact';
import { Actions, Button, Facts, Form, Notice, Table } from '../../libs/web/components.js';
import { Page } from '../../libs/web/page.js';
import type { Reader } from '../../libs/web/reader.js';
import { CLIENT_ACTS, type ClientAct } from './client-answer.js';
import type { MailLine, WholeMail } from './dev-mail.service.js';

const MOST_SHOWN = 100;
const addressOf = (mail: MailLine, ending = ''): string => `/dev/mail/${String(mail.id)}${ending}`;
const timeOf = (mail: MailLine): string => new Date(mail.receivedAt).toLocaleTimeString('en-GB');

export const mailsPage = (reader: Reader, mails: readonly MailLine[]): VNode => (
  <Page reader={reader} title="Local mailbox" noIndex wide>
    <h1>Local mailbox</h1>
    <p>Every mail that would go out is kept here, in memory, until this server stops. Only this machine can see it.</p>
    {mails.length === 0 ? (
      <Notice>
        No mail yet. Leave an address on <a href={reader.href('/get-involved')}>the form</a>, or announce a meeting;
        then reload this page.
      </Notice>
    ) : (
      <Table
        caption={
          mails.length > MOST_SHOWN
            ? `The newest ${String(MOST_SHOWN)} of ${String(mails.length)} mails`
            : 'Mails, newest first'
        }
        columns={['Subject', 'To', 'Time']}
        rows={mails
          .slice(0, MOST_SHOWN)
          .map((mail) => [
            <a href={addressOf(mail)}>{mail.subject || '(no subject)'}</a>,
            mail.to.join(', '),
            timeOf(mail),
          ])}
      />
    )}
  </Page>
);

interface MailPageProps {
  /** Whether it can be answered as by the recipient's calendar. */
  readonly answers: boolean;
  readonly notice?: 'sent' | 'refused';
}

export const mailPage = (reader: Reader, mail: WholeMail, { answers, notice }: MailPageProps): VNode => (
  <Page reader={reader} title={mail.subject || '(no subject)'} noIndex wide>
    <p>
      <a href="/dev/mail">Local mailbox</a>
    </p>
    <h1>{mail.subject || '(no subject)'}</h1>
    {notice === 'sent' && <Notice kind="success">The answer was sent by mail and taken in.</Notice>}
    {notice === 'refused' && <Notice kind="warning">The answer was not taken: is the worker running?</Notice>}
    {answers && <Answers reader={reader} mail={mail} />}
    <Facts
      facts={[
        ['From', mail.sender],
        ['To', mail.to.join(', ')],
        ['Time', timeOf(mail)],
        ['Bounces go to', mail.from],
        [
          'Also as',
          <>
            {mail.html !== '' && (
              <>
                <a href={addressOf(mail, '.html')}>HTML</a>,{' '}
              </>
            )}
            <a href={addressOf(mail, '.eml')}>the bytes as sent</a>
          </>,
        ],
      ]}
    />
    <pre class="mail">{withLinks(mail.text)}</pre>
    {mail.calendar !== undefined && (
      <>
        <h2>Calendar part</h2>
        <pre>{mail.calendar}</pre>
      </>
    )}
  </Page>
);

const ACT_LABELS: Readonly<Record<ClientAct, string>> = {
  accepted: 'Accept',
  tentative: 'Maybe',
  declined: 'Decline',
  counter: 'Propose an hour later',
  bounce: 'Bounce',
};

const Answers = ({ reader, mail }: { readonly reader: Reader; readonly mail: WholeMail }): VNode => (
  <>
    <p>Answer as the recipient’s calendar, or its mail server, would: by real mail to the team’s address.</p>
    <Form reader={reader} action={addressOf(mail, '/answer')}>
      <Actions>
        {CLIENT_ACTS.map((act) => (
          <Button key={act} kind={act === 'bounce' ? 'danger' : 'secondary'} name="act" value={act}>
            {ACT_LABELS[act]}
          </Button>
        ))}
      </Actions>
    </Form>
  </>
);

/** The text with its addresses made links, as mail programs do. */
const withLinks = (text: string): readonly ComponentChildren[] =>
  text
    .split(/(https?:\/\/[^\s<>"]*[^\s<>".,)])/)
    .map((part, index) => (index % 2 === 1 ? <a href={part}>{part}</a> : part));
