import type { VNode } from 'preact';
import { MINUTE, plus } from '../../libs/time/clock.js';
import { formatBefore, formatForReader } from '../../libs/time/when.js';
import { Actions, Button, ErrorSummary, Facts, Form, Notice } from '../../libs/web/components.js';
import { HiddenField, HoneypotField, NumberField, TextArea, TextField } from '../../libs/web/form-fields.js';
import { freshForm, type FormState } from '../../libs/web/forms.js';
import { Page } from '../../libs/web/page.js';
import type { Reader } from '../../libs/web/reader.js';
import { OPENS_BEFORE } from '../invitations/subject.js';
import { LONGEST_IDEA, MOST_WITH_YOU } from './participation.js';
import type { Entrance } from './participation.service.js';

/** `asked`: an idea was sent and needs another look; `kept`: it was taken. */
export type IdeaState = 'asked' | 'kept' | undefined;

interface JoinProps {
  readonly entrance: Entrance;
  readonly form: FormState;
  readonly regions: readonly string[];
  readonly idea: IdeaState;
}

/** What the page is for at this moment: when it opens, the way in, ideas, or that it is over. */
export const joinPage = (reader: Reader, props: JoinProps): VNode => {
  const { t } = reader;
  const { meeting, phase } = props.entrance;
  return (
    <Page reader={reader} title={meeting.title} noIndex>
      <h1>{meeting.title}</h1>
      <When reader={reader} entrance={props.entrance} />
      {props.idea === 'kept' && <Notice kind="success">{t('participation.idea.kept')}</Notice>}
      {phase === 'before' && (
        <>
          <Before reader={reader} entrance={props.entrance} />
          {props.entrance.takesIdeas && <IdeaForm reader={reader} {...props} />}
        </>
      )}
      {phase === 'open' && (
        <>
          <WayIn reader={reader} {...props} form={props.idea === undefined ? props.form : freshForm()} />
          <IdeaForm reader={reader} {...props} form={props.idea === undefined ? freshForm() : props.form} />
        </>
      )}
      {phase === 'ideas' && (
        <>
          <p>{t('participation.over')}</p>
          <IdeaForm reader={reader} {...props} />
        </>
      )}
      {phase === 'closed' && <Notice>{t('participation.closed')}</Notice>}
      {phase === 'cancelled' && <Notice kind="warning">{t('participation.cancelled')}</Notice>}
      {phase !== 'open' && <MeetingLink reader={reader} entrance={props.entrance} />}
    </Page>
  );
};

interface JoinedProps {
  readonly entrance: Entrance;
  /** An https address; empty for a robot, which finds no way in. */
  readonly room: string;
  readonly withYou: number;
  readonly form: FormState;
}

/** Leads to the room by a link: a redirect to another site is what browsers block after a form. */
export const joinedPage = (reader: Reader, { entrance, room, withYou, form }: JoinedProps): VNode => {
  const { t } = reader;
  const { meeting, invitation } = entrance;
  const isHost = invitation?.role === 'host';
  return (
    <Page reader={reader} title={meeting.title} noIndex>
      <h1>{meeting.title}</h1>
      <Notice kind="success">
        {isHost ? t('participation.joined.host') : t('participation.joined.counted', { people: withYou + 1 })}
      </Notice>
      {room !== '' && (
        <p>
          <a class="button primary" href={room} rel="noreferrer noopener">
            {t('participation.joined.room')}
          </a>
        </p>
      )}
      <p class="soft">
        {t('participation.joined.elsewhere', { host: hostOf(room) })} {t('participation.joined.yours')}
      </p>
      {meeting.dialIn !== '' && <Facts facts={[[t('participation.joined.dial-in'), meeting.dialIn]]} />}
      {!isHost && (
        <p>
          <a href={reader.href(reader.path)}>{t('participation.joined.change')}</a>
        </p>
      )}
      <IdeaForm reader={reader} entrance={entrance} form={form} />
    </Page>
  );
};

const hostOf = (room: string): string => URL.parse(room)?.host ?? '';

const When = ({ reader, entrance }: { readonly reader: Reader; readonly entrance: Entrance }): VNode => {
  const when = formatForReader(entrance.meeting, entrance.timeZone, reader.language);
  return (
    <p class="lead">
      {when.reader}
      {when.meeting !== undefined && <small> {reader.t('participation.meeting-time', { when: when.meeting })}</small>}
    </p>
  );
};

const Before = ({ reader, entrance }: { readonly reader: Reader; readonly entrance: Entrance }): VNode => {
  const opens = plus(entrance.meeting.start, -OPENS_BEFORE * MINUTE);
  return (
    <>
      <Notice title={reader.t('participation.before.title')}>
        {reader.t('participation.before.opens', {
          when: formatBefore(opens, entrance.meeting.start, entrance.timeZone, reader.language),
        })}
      </Notice>
      <p>{reader.t('participation.before.text', { minutes: OPENS_BEFORE })}</p>
    </>
  );
};

const WayIn = ({ reader, entrance, form, regions }: JoinProps & { readonly reader: Reader }): VNode => {
  const { t } = reader;
  const isHost = entrance.invitation?.role === 'host';
  const labels = { withYou: t('participation.with-you'), region: t('participation.region') };
  return (
    <>
      <p>{t('participation.open')}</p>
      {isHost && <Notice>{t('participation.host-signs-in')}</Notice>}
      <ErrorSummary reader={reader} form={form} labels={labels} />
      <Form reader={reader} action={reader.path}>
        {!isHost && (
          <NumberField
            reader={reader}
            form={form}
            name="withYou"
            label={labels.withYou}
            hint={t('participation.with-you.hint')}
            min={0}
            max={MOST_WITH_YOU}
          />
        )}
        {entrance.invitation === undefined && (
          <>
            <TextField
              reader={reader}
              form={form}
              name="region"
              label={labels.region}
              hint={t('participation.region.hint')}
              max={100}
              suggestions={regions}
            />
            <HoneypotField reader={reader} />
          </>
        )}
        <Actions>
          <Button>{t('participation.join')}</Button>
        </Actions>
      </Form>
      <p class="soft">{t('participation.counted-how')}</p>
    </>
  );
};

const IdeaForm = ({
  reader,
  entrance,
  form,
}: {
  readonly reader: Reader;
  readonly entrance: Entrance;
  readonly form: FormState;
}): VNode => {
  const { t } = reader;
  const region = form.values['region'];
  return (
    <>
      <h2>{t('participation.idea.title')}</h2>
      <p>{t('participation.idea.rules')}</p>
      <ErrorSummary reader={reader} form={form} labels={{ idea: t('participation.idea') }} />
      <Form reader={reader} action={reader.path}>
        <TextArea
          reader={reader}
          form={form}
          name="idea"
          label={t('participation.idea')}
          hint={t('participation.idea.hint')}
          max={LONGEST_IDEA}
          required
        />
        {entrance.invitation === undefined && (
          <>
            <HiddenField name="region" value={typeof region === 'string' ? region : ''} />
            <HoneypotField reader={reader} />
          </>
        )}
        <Button kind="secondary">{t('participation.idea.send')}</Button>
      </Form>
    </>
  );
};

const MeetingLink = ({ reader, entrance }: { readonly reader: Reader; readonly entrance: Entrance }): VNode => (
  <p>
    <a href={reader.href(`/meetings/${entrance.meeting.id}`)}>{reader.t('participation.to-meeting')}</a>
  </p>
);
