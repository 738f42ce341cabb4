import type { ComponentChildren, VNode } from 'preact';
import { MINUTE, plus } from '../../libs/time/clock.js';
import { formatBefore, formatSpan } from '../../libs/time/when.js';
import { Actions, Button, ButtonLink, ErrorSummary, Facts, Form, Notice } from '../../libs/web/components.js';
import { RadioGroup } from '../../libs/web/form-fields.js';
import { freshForm, type FormState } from '../../libs/web/forms.js';
import { namesOfLanguages } from '../../libs/web/i18n.js';
import { Page } from '../../libs/web/page.js';
import type { Reader } from '../../libs/web/reader.js';
import { isOffered, presentAnswer, type Invitation } from './invitation.js';
import { DatesList, WhichDate } from './dates.page.js';
import { presentOccurrence } from './series.js';
import { OPENS_BEFORE, type Subject } from './subject.js';

export interface Shown {
  readonly reader: Reader;
  readonly invitation: Invitation;
  readonly subject: Subject;
  readonly now: Date;
  /** What a button has just done. */
  readonly saved: 'reply' | 'left' | 'signed-up' | 'date' | 'left-date' | undefined;
  readonly form: FormState;
  /** True where someone without a seat cannot get one now. */
  readonly full: boolean;
  readonly path: string;
  readonly joinPath: string;
  /** The guest's own zone first, then the meeting's. */
  readonly timeZones: readonly string[];
}

/** One contact's own page for one meeting. It names nobody, and no room. */
export function invitationPage(shown: Shown): VNode {
  const { reader, subject, now } = shown;
  const { t } = reader;
  return (
    <Page reader={reader} title={subject.title} noIndex path={shown.path}>
      <h1>{subject.title}</h1>
      {subject.status === 'cancelled' ? (
        <Cancelled {...shown} />
      ) : subject.end <= now ? (
        <Over {...shown} />
      ) : (
        <>
          <Said {...shown} />
          {shown.invitation.role === 'host' && <p>{t('invitations.host')}</p>}
          <Meeting {...shown} />
          {subject.series && !shown.invitation.left && <DatesList {...shown} timeZone={zoneOf(shown)} />}
          {shown.invitation.left ? <SignUp {...shown} /> : <Buttons {...shown} />}
        </>
      )}
      <p class="soft">{t('invitations.promise')}</p>
    </Page>
  );
}

const Cancelled = ({ reader, subject }: Shown): VNode => (
  <>
    <Notice kind="warning" title={reader.t('invitations.cancelled.title')}>
      {subject.cancelReason === '' ? reader.t('invitations.cancelled.text') : subject.cancelReason}
    </Notice>
    <Others reader={reader} />
  </>
);

const Over = ({ reader, subject }: Shown): VNode => (
  <>
    <Notice title={reader.t('invitations.over.title')}>{reader.t('invitations.over.text')}</Notice>
    <Actions>
      <ButtonLink href={reader.href(`/meetings/${subject.id}`)}>{reader.t('invitations.over.page')}</ButtonLink>
      <ButtonLink kind="secondary" href={reader.href('/meetings')}>
        {reader.t('invitations.others')}
      </ButtonLink>
    </Actions>
  </>
);

const Others = ({ reader }: Pick<Shown, 'reader'>): VNode => (
  <Actions>
    <ButtonLink href={reader.href('/meetings')}>{reader.t('invitations.others')}</ButtonLink>
  </Actions>
);

/** What was just done, and how things stand. */
function Said({ reader, invitation, subject, saved }: Shown): VNode | null {
  const { t } = reader;
  if (invitation.left) {
    if (saved === 'left') return <Notice kind="success">{t('invitations.said.left')}</Notice>;
    return isOffered(invitation) ? null : <Notice>{t('invitations.has-left')}</Notice>;
  }
  if (saved === 'date' || saved === 'left-date')
    return <Notice kind="success">{t(`invitations.said.${saved}`)}</Notice>;
  if (saved === 'signed-up') return <Notice kind="success">{t('invitations.said.signed-up')}</Notice>;
  const answer = presentAnswer(invitation, subject);
  if (answer === 'needs-action') return null;
  return (
    <Notice kind={saved === undefined ? 'info' : 'success'} title={t(`invitations.answer.${answer}`)}>
      {t(answer === 'declined' ? 'invitations.said.declined' : 'invitations.calendar-may-ask')}
    </Notice>
  );
}

const Meeting = ({ reader, subject, invitation, joinPath, timeZones, now, full }: Shown): VNode => {
  const { t, language } = reader;
  const next = nextOf(subject, now);
  const opens = plus(next.start, -OPENS_BEFORE * MINUTE);
  const [zone = subject.timeZone] = timeZones;
  const facts: (readonly [string, ComponentChildren])[] = [
    [t('invitations.fact.when'), <Times reader={reader} subject={next} timeZones={timeZones} />],
    [t('invitations.fact.languages'), namesOfLanguages(subject.languages, language) || t('invitations.any-language')],
    ...(subject.dialIn === '' ? [] : [[t('invitations.fact.dial-in'), subject.dialIn] as const]),
    ...(full ? [[t('invitations.fact.seats'), t('invitations.seats-taken')] as const] : []),
    ...(invitation.left
      ? []
      : [
          [
            t('invitations.fact.join'),
            now < opens ? (
              <>
                {t('invitations.opens', { when: formatBefore(opens, next.start, zone, language) })}{' '}
                <a href={reader.href(joinPath)}>{t('invitations.join-link')}</a>
              </>
            ) : (
              <a href={reader.href(joinPath)}>{t('invitations.join-now')}</a>
            ),
          ] as const,
        ]),
  ];
  return (
    <>
      {subject.description.split('\n').map((line, index) => (
        <p key={index}>{line}</p>
      ))}
      <Facts facts={facts} />
    </>
  );
};

/** Of a series the occurrence that runs or comes next. */
const nextOf = (subject: Subject, now: Date): Pick<Subject, 'start' | 'end'> =>
  (subject.series && presentOccurrence(subject.series, now)) ?? subject;

const zoneOf = ({ timeZones, subject }: Pick<Shown, 'timeZones' | 'subject'>): string =>
  timeZones[0] ?? subject.timeZone;

/** In the guest's own zone, and in the meeting's where that is another. */
const Times = ({
  reader,
  subject,
  timeZones,
}: Pick<Shown, 'reader' | 'timeZones'> & { readonly subject: Pick<Subject, 'start' | 'end'> }): VNode => (
  <>
    {[...new Set(timeZones)].map((zone) => (
      <div key={zone}>{formatSpan(subject.start, subject.end, zone, reader.language)}</div>
    ))}
  </>
);

/** One button, as for someone who is offered the place by a mail. */
const SignUp = ({ reader, path, invitation }: Shown): VNode => (
  <Form reader={reader} action={`${path}/sign-up`}>
    {isOffered(invitation) && <p>{reader.t('invitations.offer')}</p>}
    <Actions>
      <Button>{reader.t(isOffered(invitation) ? 'invitations.sign-up' : 'invitations.sign-up-again')}</Button>
    </Actions>
  </Form>
);

const Buttons = (shown: Shown): VNode => {
  const { reader, path, form, full, invitation, subject } = shown;
  const { t } = reader;
  const said = presentAnswer(invitation, subject);
  const hasSeat = invitation.seat !== undefined || said === 'accepted';
  const isSaid = said !== 'needs-action' && !subject.series;
  return (
    <>
      <h2>{t(isSaid ? 'invitations.reply.change' : 'invitations.reply')}</h2>
      <ErrorSummary reader={reader} form={form} />
      {full && !hasSeat && <p>{t('invitations.full-now')}</p>}
      <Form reader={reader} action={path}>
        <WhichDate {...shown} timeZone={zoneOf(shown)} />
        <div id="field-answer" tabIndex={-1}>
          <Actions>
            <Button name="answer" value="accepted" kind={isSaid ? 'secondary' : 'primary'}>
              {t('invitations.accept')}
            </Button>
            <Button name="answer" value="tentative" kind="secondary">
              {t('invitations.maybe')}
            </Button>
          </Actions>
        </div>
        <RadioGroup
          reader={reader}
          form={form}
          name="why"
          label={t('invitations.why')}
          hint={t('invitations.why.hint')}
          options={[
            { value: 'time', label: t('invitations.why.time') },
            { value: 'not-for-me', label: t('invitations.why.not-for-me') },
          ]}
        />
        <Actions>
          <Button name="answer" value="declined" kind="secondary">
            {t('invitations.decline')}
          </Button>
        </Actions>
      </Form>
      <h2>{t('invitations.leave.title')}</h2>
      <p>{t('invitations.leave.text')}</p>
      <Form reader={reader} action={`${path}/leave`}>
        <WhichDate {...shown} form={freshForm()} timeZone={zoneOf(shown)} />
        <Actions>
          <Button kind="danger">{t('invitations.leave')}</Button>
        </Actions>
      </Form>
    </>
  );
};
