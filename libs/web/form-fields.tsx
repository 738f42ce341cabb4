import type { ComponentChildren, VNode } from 'preact';
import { classes } from './components.js';
import type { FormState } from './forms.js';
import type { Reader } from './reader.js';

/** What every field has. What was typed and what is wrong with it come from the form by the field's name. */
export interface FieldProps {
  readonly reader: Reader;
  readonly form: FormState;
  readonly name: string;
  readonly label: ComponentChildren;
  readonly hint?: ComponentChildren;
  readonly required?: boolean;
}

export interface Option {
  readonly value: string;
  readonly label: ComponentChildren;
  readonly hint?: ComponentChildren;
}

const idOf = (name: string): string => `field-${name}`;

const typed = (form: FormState, name: string): string => {
  const value = form.values[name];
  return typeof value === 'string' ? value : (value?.[0] ?? '');
};

const ticked = (form: FormState, name: string): readonly string[] => {
  const value = form.values[name];
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
};

const errorOf = ({ reader, form, name }: FieldProps): string | undefined => {
  const error = form.errors[name];
  return error && reader.t(error.key, error.values);
};

/** Ties hint and error to the control, so that both are read out with it. */
function described(props: FieldProps): { 'aria-describedby'?: string; 'aria-invalid'?: 'true' } {
  const invalid = props.form.errors[props.name] !== undefined;
  const ids = [props.hint !== undefined && `${idOf(props.name)}-hint`, invalid && `${idOf(props.name)}-error`]
    .filter(Boolean)
    .join(' ');
  return { ...(ids !== '' && { 'aria-describedby': ids }), ...(invalid && { 'aria-invalid': 'true' as const }) };
}

const Hint = ({ name, hint }: FieldProps): VNode | null =>
  hint === undefined ? null : (
    <div class="hint" id={`${idOf(name)}-hint`}>
      {hint}
    </div>
  );

function ErrorText(props: FieldProps): VNode | null {
  const error = errorOf(props);
  return error === undefined ? null : (
    <div class="error" id={`${idOf(props.name)}-error`}>
      {error}
    </div>
  );
}

const Optional = ({ reader, required }: FieldProps): VNode | null =>
  required === true ? null : <span class="optional">{reader.t('web.optional')}</span>;

const Field = (props: FieldProps & { readonly children: ComponentChildren }): VNode => (
  <div class={classes('field', errorOf(props) !== undefined && 'invalid')}>
    <label for={idOf(props.name)}>
      {props.label} <Optional {...props} />
    </label>
    <Hint {...props} />
    <ErrorText {...props} />
    {props.children}
  </div>
);

/** Choices under one question; the summary's link leads to the first. */
const Group = (props: FieldProps & { readonly children: ComponentChildren }): VNode => (
  <fieldset class={classes('field', errorOf(props) !== undefined && 'invalid')} {...described(props)}>
    <legend>
      {props.label} <Optional {...props} />
    </legend>
    <Hint {...props} />
    <ErrorText {...props} />
    {props.children}
  </fieldset>
);

export interface TextFieldProps extends FieldProps {
  readonly type?: 'text' | 'email' | 'url' | 'tel';
  readonly max?: number;
  readonly autocomplete?: string;
  readonly inputmode?: 'text' | 'numeric' | 'email' | 'url';
  /** Values to choose from while typing; anything else may be typed too. */
  readonly suggestions?: readonly string[];
}

export const TextField = (props: TextFieldProps): VNode => (
  <Field {...props}>
    <input
      id={idOf(props.name)}
      name={props.name}
      type={props.type ?? 'text'}
      value={typed(props.form, props.name)}
      maxLength={props.max}
      autocomplete={props.autocomplete}
      inputMode={props.inputmode}
      required={props.required}
      list={props.suggestions && `${idOf(props.name)}-list`}
      {...described(props)}
    />
    {props.suggestions && (
      <datalist id={`${idOf(props.name)}-list`}>
        {props.suggestions.map((suggestion) => (
          <option key={suggestion} value={suggestion} />
        ))}
      </datalist>
    )}
  </Field>
);

/** Where people type their own address: their keyboard shows an @, and their browser knows it. */
export const EmailField = (props: Omit<TextFieldProps, 'name' | 'type' | 'inputmode' | 'autocomplete'>): VNode => (
  <TextField {...props} name="email" type="email" inputmode="email" autocomplete="email" />
);

/** `max` is shown, in characters. The browser does not cut: what is too long comes back whole, with a sentence beside it. */
export const TextArea = (props: FieldProps & { readonly max: number; readonly rows?: number }): VNode => (
  <Field
    {...props}
    hint={
      <>
        {props.hint} {props.reader.t('web.limit', { max: props.max })}
      </>
    }
  >
    <textarea
      id={idOf(props.name)}
      name={props.name}
      rows={props.rows ?? 4}
      required={props.required}
      {...described({ ...props, hint: '' })}
    >
      {typed(props.form, props.name)}
    </textarea>
  </Field>
);

export interface OptionGroup {
  readonly label: string;
  readonly options: readonly Option[];
}

/** `empty`: what stands for no choice; without it the first option is chosen. */
export const SelectField = (
  props: FieldProps & { readonly options: readonly (Option | OptionGroup)[]; readonly empty?: string },
): VNode => {
  const chosen = typed(props.form, props.name);
  const show = (option: Option): VNode => (
    <option key={option.value} value={option.value} selected={option.value === chosen}>
      {option.label}
    </option>
  );
  return (
    <Field {...props}>
      <select id={idOf(props.name)} name={props.name} required={props.required} {...described(props)}>
        {props.empty !== undefined && <option value="">{props.empty}</option>}
        {props.options.map((option) =>
          'options' in option ? (
            <optgroup key={option.label} label={option.label}>
              {option.options.map(show)}
            </optgroup>
          ) : (
            show(option)
          ),
        )}
      </select>
    </Field>
  );
};

interface ChoicesProps extends FieldProps {
  readonly options: readonly Option[];
}

const Choices = ({ type, ...props }: ChoicesProps & { readonly type: 'checkbox' | 'radio' }): VNode => {
  const chosen = ticked(props.form, props.name);
  return (
    <Group {...props}>
      {props.options.map((option, index) => (
        <label class="choice" key={option.value}>
          <input
            type={type}
            id={index === 0 ? idOf(props.name) : `${idOf(props.name)}-${String(index)}`}
            name={props.name}
            value={option.value}
            checked={chosen.includes(option.value)}
          />
          <span>
            {option.label}
            {option.hint !== undefined && <small>{option.hint}</small>}
          </span>
        </label>
      ))}
    </Group>
  );
};

export const CheckboxGroup = (props: ChoicesProps): VNode => <Choices type="checkbox" {...props} />;
export const RadioGroup = (props: ChoicesProps): VNode => <Choices type="radio" {...props} />;

/** One box to tick. */
export const Checkbox = (props: Omit<FieldProps, 'required'>): VNode => (
  <div class="field">
    <label class="choice">
      <input
        type="checkbox"
        id={idOf(props.name)}
        name={props.name}
        value="yes"
        checked={typed(props.form, props.name) !== ''}
        {...described(props)}
      />
      <span>{props.label}</span>
    </label>
    <Hint {...props} />
    <ErrorText {...props} />
  </div>
);

export const NumberField = (props: FieldProps & { readonly min: number; readonly max: number }): VNode => (
  <Field {...props}>
    <input
      id={idOf(props.name)}
      name={props.name}
      type="number"
      inputMode="numeric"
      min={props.min}
      max={props.max}
      value={typed(props.form, props.name)}
      required={props.required}
      {...described(props)}
    />
  </Field>
);

/** `YYYY-MM-DD`; the browser shows it in the reader's way. */
export const DateField = (props: FieldProps): VNode => (
  <Field {...props}>
    <input
      id={idOf(props.name)}
      name={props.name}
      type="date"
      value={typed(props.form, props.name)}
      required={props.required}
      {...described(props)}
    />
  </Field>
);

/** `HH:MM`. */
export const TimeField = (props: FieldProps): VNode => (
  <Field {...props}>
    <input
      id={idOf(props.name)}
      name={props.name}
      type="time"
      value={typed(props.form, props.name)}
      required={props.required}
      {...described(props)}
    />
  </Field>
);

export const HiddenField = ({ name, value }: { readonly name: string; readonly value: string }): VNode => (
  <input type="hidden" name={name} value={value} />
);

/** The name robots find tempting; fields.ts's `honeypot` reads it. */
export const HONEYPOT = 'website';

/** Out of sight, out of the tab order and not read out: only robots fill it in. */
export const HoneypotField = ({ reader }: { readonly reader: Reader }): VNode => (
  <div class="honeypot" aria-hidden="true">
    <label>
      {reader.t('web.honeypot')}
      <input type="text" name={HONEYPOT} tabIndex={-1} autocomplete="off" />
    </label>
  </div>
);
