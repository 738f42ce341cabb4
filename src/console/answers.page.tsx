import type { VNode } from 'preact';
import { consoleCount } from '../../libs/privacy/bands.js';
import { Actions, Bars, Button, ButtonLink, ErrorSummary, Notice } from '../../libs/web/components.js';
import { countText } from '../../libs/web/count-text.js';
import { SelectField } from '../../libs/web/form-fields.js';
import type { FormState } from '../../libs/web/forms.js';
import { nameOfLanguage } from '../../libs/web/i18n.js';
import { ConsolePage } from '../../libs/web/page.js';
import type { Reader } from '../../libs/web/reader.js';
import { TOPICS, type Answer, type Place } from '../feedback/feedback.js';
import type { AnswersPage } from '../feedback/feedback.service.js';
import { CONTRIBUTIONS } from '../interest/interest.js';
import { barLength } from '../participation/participation.js';
import type { SignedIn } from '../people/console.guard.js';
import { countryName, isCountry } from '../regions/countries.js';
import { regionOf } from '../regions/regions.js';
import { addressOf, placeOf, type Offered } from './answers-filter.js';

interface AnswersProps {
  readonly offered: Offered;
  /** How many answers are released in all: never how many wait. */
  readonly released: number;
  readonly choices: ReadonlyMap<string, number>;
  readonly canDownload: boolean;
  readonly form: FormState;
  /** Undefined where what was chosen does not exist. */
  readonly found: AnswersPage | undefined;
}

export const answersPage = (reader: Reader, { csrf }: SignedIn, props: AnswersProps): VNode => {
  const { t } = reader;
  const { released, form, found, canDownload } = props;
  return (
    <ConsolePage reader={reader} csrf={csrf} title={t('web.console.answers')} wide>
      <h1>{t('web.console.answers')}</h1>
      <p class="lead">{t('console.answers.released', { count: released })}</p>
      <p>{t('console.answers.wait')}</p>
      {released > 0 && <Pictures reader={reader} {...props} />}
      {released > 0 && <Filters reader={reader} {...props} />}
      {released > 0 && found?.answers.length === 0 && <Notice>{t('console.answers.none')}</Notice>}
      {found && found.answers.length > 0 && (
        <>
          <h2>{t('console.answers.page', { page: found.page })}</h2>
          <div class="answers">
            {found.answers.map((answer) => (
              <AnswerPart key={answer.id} reader={reader} answer={answer} />
            ))}
          </div>
          <Actions>
            {found.page > 1 && (
              <ButtonLink
                kind="secondary"
                href={reader.href(addressOf('/console/answers', form.values, found.page - 1))}
              >
                {t('console.answers.back')}
              </ButtonLink>
            )}
            {found.more && (
              <ButtonLink
                kind="secondary"
                href={reader.href(addressOf('/console/answers', form.values, found.page + 1))}
              >
                {t('console.answers.next')}
              </ButtonLink>
            )}
            {canDownload && (
              <ButtonLink kind="secondary" href={reader.href(addressOf('/console/answers.csv', form.values))}>
                {t('console.answers.download')}
              </ButtonLink>
            )}
          </Actions>
        </>
      )}
    </ConsolePage>
  );
};

/** What people would look at rather than read: in bands, like every count of people. */
const Pictures = ({ reader, offered, choices }: AnswersProps & { readonly reader: Reader }): VNode => {
  const { t } = reader;
  const bar = (label: string, n: number) => ({
    label,
    value: barLength(consoleCount(n)),
    text: countText(t, consoleCount(n)),
  });
  return (
    <>
      <Bars
        caption={t('console.answers.by-topic')}
        bars={TOPICS.filter((topic) => topic !== 'contributions' && offered.topics.has(topic)).map((topic) =>
          bar(t(`console.answers.topic.${topic}`), offered.topics.get(topic) ?? 0),
        )}
      />
      {choices.size > 0 && (
        <Bars
          caption={t('console.answers.topic.contributions')}
          bars={CONTRIBUTIONS.map((choice) => bar(t(`interest.contribution.${choice}`), choices.get(choice) ?? 0))}
        />
      )}
    </>
  );
};

const Filters = ({ reader, offered, form }: AnswersProps & { readonly reader: Reader }): VNode => {
  const { t, language: shownIn } = reader;
  const labels = {
    topic: t('console.answers.topic'),
    language: t('console.answers.language'),
    place: t('console.answers.place'),
  };
  const field = { reader, form, empty: t('console.answers.any') };
  return (
    <>
      <ErrorSummary reader={reader} form={form} labels={labels} />
      <form method="get" action={reader.href('/console/answers')}>
        <SelectField
          {...field}
          name="topic"
          label={labels.topic}
          options={TOPICS.filter((topic) => offered.topics.has(topic)).map((topic) => ({
            value: topic,
            label: t(`console.answers.topic.${topic}`),
          }))}
        />
        <SelectField
          {...field}
          name="language"
          label={labels.language}
          options={offered.languages.map((value) => ({ value, label: nameOfLanguage(value, shownIn) }))}
        />
        <SelectField
          {...field}
          name="place"
          label={labels.place}
          options={offered.places.map((value) => ({ value, label: placeText(placeOf(value), shownIn) }))}
        />
        <Button>{t('console.answers.show')}</Button>
      </form>
    </>
  );
};

const AnswerPart = ({ reader, answer }: { readonly reader: Reader; readonly answer: Answer }): VNode => {
  const { t, language: shownIn } = reader;
  const { topic, text, choice, place, language } = answer;
  const known = CONTRIBUTIONS.find((each) => each === choice);
  const beside = [
    t(`console.answers.topic.${topic}`),
    place && placeText(place, shownIn),
    language !== undefined && nameOfLanguage(language, shownIn),
  ];
  return (
    <article class="card">
      <p {...(language !== undefined && text !== undefined && { lang: language })}>
        {known ? t(`interest.contribution.${known}`) : (text ?? choice)}
      </p>
      <p class="soft">{beside.filter(Boolean).join(' · ')}</p>
    </article>
  );
};

function placeText(place: Place, shownIn: string): string {
  if ('region' in place) return regionOf(place.region)?.name ?? place.region;
  return isCountry(place.country) ? countryName(place.country, shownIn) : place.country;
}
