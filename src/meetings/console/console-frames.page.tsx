import type { ComponentChildren, VNode } from 'preact';
import { Actions, Button, ButtonLink, ErrorSummary, Facts, Form } from '../../../libs/web/components.js';
import { HiddenField } from '../../../libs/web/form-fields.js';
import type { FormState } from '../../../libs/web/forms.js';
import { ConsolePage } from '../../../libs/web/page.js';
import type { Reader } from '../../../libs/web/reader.js';
import type { SignedIn } from '../../people/console.guard.js';
import type { Meeting } from '../meeting.js';
import { ChangedMeanwhile, labels } from './meeting-labels.page.js';

/** What a form of the console is about, and the version that it was filled in for. */
export interface ActProps {
  readonly meeting: Pick<Meeting, 'id' | 'title'>;
  readonly version: number;
  readonly form: FormState;
  /** Someone saved another change while this form was open. */
  readonly changedMeanwhile?: boolean;
}

interface FrameProps {
  readonly reader: Reader;
  readonly by: SignedIn;
  /** The last part of the page's address, and of the names of its texts. */
  readonly act: 'edit' | 'move' | 'cancel' | 'rename';
  /** What its button says. */
  readonly button: string;
  readonly kind?: 'primary' | 'danger';
}

/** A page with one form that changes a meeting. */
export const ActForm = ({
  reader,
  by: { csrf },
  act,
  button,
  kind = 'primary',
  props: { meeting, version, form, changedMeanwhile = false },
  before,
  children,
}: FrameProps & {
  readonly props: ActProps;
  /** What is to be read before the fields. */
  readonly before?: ComponentChildren;
  readonly children: ComponentChildren;
}): VNode => {
  const { t } = reader;
  const path = `/console/meetings/${meeting.id}`;
  const title = t(`console.meetings.${act}`);
  return (
    <ConsolePage
      reader={reader}
      csrf={csrf}
      title={t('web.pair', { name: title, value: meeting.title })}
      path={`${path}/${act}`}
    >
      <h1>{title}</h1>
      <p class="lead">{meeting.title}</p>
      {changedMeanwhile && <ChangedMeanwhile reader={reader} />}
      {before}
      <ErrorSummary reader={reader} form={form} labels={labels(reader)} />
      <Form reader={reader} action={`${path}/${act}`} csrf={csrf} autocomplete="off">
        <HiddenField name="version" value={String(version)} />
        {children}
        <Actions>
          <Button kind={kind}>{button}</Button>
          <ButtonLink kind="secondary" href={reader.href(path)}>
            {t('console.meetings.back')}
          </ButtonLink>
        </Actions>
      </Form>
    </ConsolePage>
  );
};

/** What will happen, before it does: one button sends the same fields again. */
export const ActPreview = ({
  reader,
  by: { csrf },
  act,
  button,
  kind = 'primary',
  title,
  props: { meeting, version, form },
  facts,
  means,
  names,
}: FrameProps & {
  readonly title: string;
  readonly props: ActProps;
  readonly facts: readonly (readonly [string, string])[];
  /** What it means for those it reaches. */
  readonly means: string;
  /** The fields that are sent again as they were typed. */
  readonly names: readonly string[];
}): VNode => {
  const { t } = reader;
  const back = `/console/meetings/${meeting.id}`;
  const path = `${back}/${act}`;
  return (
    <ConsolePage
      reader={reader}
      csrf={csrf}
      title={t('web.pair', { name: t(`console.meetings.${act}`), value: meeting.title })}
      path={path}
    >
      <h1>{title}</h1>
      <p class="lead">{meeting.title}</p>
      <Facts facts={facts} />
      <p>{means}</p>
      <Form reader={reader} action={path} csrf={csrf}>
        <HiddenField name="version" value={String(version)} />
        {names.map((name) => {
          const value = form.values[name];
          return typeof value === 'string' ? <HiddenField key={name} name={name} value={value} /> : null;
        })}
        <HiddenField name="confirmed" value="yes" />
        <Actions>
          <Button kind={kind}>{button}</Button>
          <ButtonLink kind="secondary" href={reader.href(back)}>
            {t('console.meetings.back')}
          </ButtonLink>
        </Actions>
      </Form>
    </ConsolePage>
  );
};
