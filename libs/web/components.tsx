import type { ComponentChildren, JSX, VNode } from 'preact';
import type { FormState } from './forms.js';
import type { Reader } from './reader.js';

/** `class` names that hold. */
export const classes = (...names: readonly (string | false | undefined)[]): string => names.filter(Boolean).join(' ');

export interface NoticeProps {
  readonly kind?: 'info' | 'success' | 'warning';
  readonly title?: string;
  readonly children: ComponentChildren;
}

/** A sentence that stands out. */
export const Notice = ({ kind = 'info', title, children }: NoticeProps): VNode => (
  <div class={`notice ${kind}`} role={kind === 'warning' ? 'alert' : 'status'}>
    {title !== undefined && <strong>{title}</strong>}
    <div>{children}</div>
  </div>
);

export interface CardProps {
  readonly title?: ComponentChildren;
  readonly href?: string;
  readonly level?: 2 | 3;
  readonly children?: ComponentChildren;
}

/** A box with a heading, which leads somewhere when it has an address. */
export function Card({ title, href, level = 2, children }: CardProps): VNode {
  const Heading: 'h2' | 'h3' = level === 2 ? 'h2' : 'h3';
  return (
    <section class={classes('card', href !== undefined && 'linked')}>
      {title !== undefined && <Heading>{href === undefined ? title : <a href={href}>{title}</a>}</Heading>}
      {children}
    </section>
  );
}

export const Cards = ({ children }: { readonly children: ComponentChildren }): VNode => (
  <div class="cards">{children}</div>
);

/** Pairs of a word and what belongs to it. */
export const Facts = ({ facts }: { readonly facts: readonly (readonly [string, ComponentChildren])[] }): VNode => (
  <dl class="facts">
    {facts.map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);

/** Numbered steps, of which one may be the present one (counted from 0). */
export const Steps = ({
  steps,
  current,
}: {
  readonly steps: readonly ComponentChildren[];
  readonly current?: number;
}): VNode => (
  <ol class="steps">
    {steps.map((step, index) => (
      <li key={index} {...(index === current && { 'aria-current': 'step' as const })}>
        {step}
      </li>
    ))}
  </ol>
);

/** How far something is; `value` from 0 to `max`. */
export const Progress = ({
  label,
  value,
  max = 100,
}: {
  readonly label: string;
  readonly value: number;
  readonly max?: number;
}): VNode => (
  <label class="progress">
    <span>{label}</span>
    <progress value={value} max={max} />
  </label>
);

export interface TableProps {
  readonly caption: string;
  /** Where the caption is the heading of a part of the page. */
  readonly heading?: boolean;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly ComponentChildren[])[];
}

/**
 * A table whose first column names the row; on narrow screens each row becomes a block. The roles say again that it is a
 * table, as browsers forget it when its parts are shown as blocks.
 */
export const Table = ({ caption, heading = false, columns, rows }: TableProps): VNode =>
  heading ? (
    <>
      <h2>{caption}</h2>
      <BareTable columns={columns} rows={rows} aria-label={caption} />
    </>
  ) : (
    <BareTable columns={columns} rows={rows} caption={caption} />
  );

const BareTable = ({
  caption,
  columns,
  rows,
  ...rest
}: Pick<TableProps, 'columns' | 'rows'> & { readonly caption?: string; readonly 'aria-label'?: string }): VNode => (
  <table class="stacked" role="table" {...rest}>
    {caption !== undefined && <caption>{caption}</caption>}
    <thead role="rowgroup">
      <tr role="row">
        {columns.map((column) => (
          <th key={column} scope="col" role="columnheader">
            {column}
          </th>
        ))}
      </tr>
    </thead>
    <tbody role="rowgroup">
      {rows.map((cells, row) => (
        <tr key={row} role="row">
          {cells.map((cell, index) =>
            index === 0 ? (
              <th key={index} scope="row" role="rowheader">
                {cell}
              </th>
            ) : (
              <td key={index} role="cell" data-label={columns[index]} {...(cell === '–' && { class: 'none' })}>
                {cell}
              </td>
            ),
          )}
        </tr>
      ))}
    </tbody>
  </table>
);

export interface BarsProps {
  readonly caption: string;
  /** `text` is what the count reads as ("about 25"), since small counts are never shown exactly. */
  readonly bars: readonly { readonly label: string; readonly value: number; readonly text: string }[];
}

/** A bar chart that is a list for those who do not see it; nothing where there are no bars. */
export function Bars({ caption, bars }: BarsProps): VNode | null {
  if (bars.length === 0) return null;
  const most = Math.max(1, ...bars.map((bar) => bar.value));
  return (
    <figure class="bars">
      <figcaption>{caption}</figcaption>
      <ul>
        {bars.map((bar) => (
          <li key={bar.label}>
            <span>{bar.label}</span>
            <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
              <rect width="100" height="8" rx="1" class="track" />
              <rect width={Math.round((bar.value / most) * 100)} height="8" rx="1" />
            </svg>
            <b>{bar.text}</b>
          </li>
        ))}
      </ul>
    </figure>
  );
}

export interface ButtonProps {
  readonly kind?: 'primary' | 'secondary' | 'danger';
  readonly name?: string;
  readonly value?: string;
  readonly children: ComponentChildren;
}

/** A button that sends its form. */
export const Button = ({ kind = 'primary', children, ...rest }: ButtonProps): VNode => (
  <button type="submit" class={classes('button', kind)} {...rest}>
    {children}
  </button>
);

/** A link that looks like a button, for going somewhere. */
export const ButtonLink = ({
  href,
  kind = 'primary',
  children,
}: {
  readonly href: string;
  readonly kind?: ButtonProps['kind'];
  readonly children: ComponentChildren;
}): VNode => (
  <a class={classes('button', kind)} href={href}>
    {children}
  </a>
);

/** Buttons side by side, wrapping on narrow screens. */
export const Actions = ({ children }: { readonly children: ComponentChildren }): VNode => (
  <div class="actions">{children}</div>
);

export interface FormProps extends Pick<JSX.IntrinsicElements['form'], 'autocomplete'> {
  readonly reader: Reader;
  /** A path of ours, without language. */
  readonly action: string;
  /** The token of the console's session; forms outside the console have none. */
  readonly csrf?: string;
  readonly children: ComponentChildren;
}

/** A form that posts. The server checks everything, in the reader's language; the browser's own bubbles stay away. */
export const Form = ({ reader, action, csrf, children, ...rest }: FormProps): VNode => (
  <form method="post" action={reader.href(action)} noValidate {...rest}>
    {csrf !== undefined && <input type="hidden" name="csrf" value={csrf} />}
    {children}
  </form>
);

/** A question keeps its mark and takes no colon after it. */
const besideLabel = ({ t }: Reader, label: string, message: string): string =>
  label.endsWith('?') ? `${label} ${message}` : t('web.pair', { name: label, value: message });

/** What is wrong with a form, as links to the fields; nothing when all is well. */
export function ErrorSummary({
  reader,
  form,
  labels = {},
}: {
  readonly reader: Reader;
  readonly form: FormState;
  readonly labels?: Readonly<Record<string, string>>;
}): VNode | null {
  const entries = Object.entries(form.errors);
  if (entries.length === 0) return null;
  return (
    <div class="notice warning" role="alert" tabIndex={-1}>
      <strong>{reader.t('error.summary', { count: entries.length })}</strong>
      <ul>
        {entries.map(([name, { key, values }]) => {
          const label = labels[name];
          return (
            <li key={name}>
              <a href={`#field-${name}`}>
                {label === undefined ? reader.t(key, values) : besideLabel(reader, label, reader.t(key, values))}
              </a>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
