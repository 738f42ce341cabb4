import type { z } from 'zod';
import type { Message, TextKey } from './i18n.js';

/** What was typed, by the name of the field; kept so that nobody types it twice. */
export type FormValues = Readonly<Record<string, string | readonly string[]>>;
export type FormErrors = Readonly<Record<string, Message>>;

/** A form as it is shown: what is in the fields, and what is wrong with it. */
export interface FormState {
  readonly values: FormValues;
  readonly errors: FormErrors;
}

export type ParsedForm<Value> = { readonly ok: true; readonly value: Value; readonly values: FormValues } | RefusedForm;

export interface RefusedForm extends FormState {
  readonly ok: false;
}

/** A form nobody has filled in yet, with what is already known. */
export const freshForm = (values: FormValues = {}): FormState => ({ values, errors: {} });

/** A form that was fine by itself and is refused by a rule. */
export const refusedForm = (values: FormValues, errors: FormErrors): RefusedForm => ({ ok: false, values, errors });

/**
 * Reads a posted form. Fields the schema does not name are left out; what cannot be a field (an object, a number from
 * JSON) fails the field's own check. An error's message is the key of a text; a key that is not known reads "please check".
 */
export function parseForm<Value>(schema: z.ZodType<Value>, body: unknown): ParsedForm<Value> {
  const fields = fieldsOf(body);
  const values = valuesOf(fields);
  const result = schema.safeParse(fields);
  if (result.success) return { ok: true, value: result.data, values };
  const errors: Record<string, Message> = {};
  for (const issue of result.error.issues) {
    const name = String(issue.path[0] ?? 'form');
    errors[name] ??= messageOf(issue);
  }
  return refusedForm(values, errors);
}

const fieldsOf = (body: unknown): Readonly<Record<string, unknown>> =>
  typeof body !== 'object' || body === null || Array.isArray(body) ? {} : (body as Record<string, unknown>);

function valuesOf(fields: Readonly<Record<string, unknown>>): FormValues {
  const values: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') values[name] = value.toWellFormed();
    else if (isStrings(value)) values[name] = value.map((text) => text.toWellFormed());
  }
  return values;
}

export const isStrings = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

function messageOf(issue: z.core.$ZodIssue): Message {
  if (issue.code !== 'custom' || !/^[a-z][\w-]*(\.[\w-]+)+$/i.test(issue.message)) return { key: 'error.invalid' };
  const key = issue.message as TextKey;
  const values = issue.params as Message['values'];
  return values === undefined ? { key } : { key, values };
}
