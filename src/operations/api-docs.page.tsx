import type { OpenAPIObject } from '@nestjs/swagger';
import type { VNode } from 'preact';
import { Facts } from '../../libs/web/components.js';
import { Page } from '../../libs/web/page.js';
import type { Reader } from '../../libs/web/reader.js';

type Path = OpenAPIObject['paths'][string];
type Operation = NonNullable<Path['get']>;
type Parameter = Exclude<NonNullable<Operation['parameters']>[number], { $ref: string }>;

/** What of a JSON schema is shown. */
interface Shape {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly $ref?: string;
}

/** The document as a page that needs no script. In English, as the document is. */
export const apiPage = (reader: Reader, document: OpenAPIObject): VNode => (
  <Page reader={reader} title={reader.t('operations.api.title')} description={document.info.description ?? ''} wide>
    <h1>{reader.t('operations.api.title')}</h1>
    <div lang="en">
      <p class="lead">{document.info.description}</p>
      <p>
        <a href="/api/openapi.json">OpenAPI 3.1: /api/openapi.json</a>
      </p>
      {Object.entries(document.paths).flatMap(([path, { get }]) =>
        get ? [<OperationPart key={path} path={path} operation={get} document={document} />] : [],
      )}
    </div>
  </Page>
);

interface OperationProps {
  readonly path: string;
  readonly operation: Operation;
  readonly document: OpenAPIObject;
}

const OperationPart = ({ path, operation, document }: OperationProps): VNode => {
  const parameters = (operation.parameters ?? []).filter((each): each is Parameter => 'name' in each);
  return (
    <section class="card">
      <h2>
        <code>GET {path}</code>
      </h2>
      {operation.summary !== undefined && <p>{operation.summary}</p>}
      {!path.includes('{') && (
        <p>
          <a href={path}>Try it</a>
        </p>
      )}
      {parameters.length > 0 && (
        <Facts
          facts={parameters.map(({ name, description, example }) => [name, aboutParameter(description, example)])}
        />
      )}
      {Object.entries(operation.responses).map(([status, response]) => (
        <ResponsePart key={status} status={status} response={response as ResponseShape} document={document} />
      ))}
    </section>
  );
};

const aboutParameter = (description: string | undefined, example: unknown): string =>
  [description, typeof example === 'string' && `for example ${example}`].filter(Boolean).join(', ') || 'text';

interface ResponseShape {
  readonly description?: string;
  readonly content?: Readonly<Record<string, { readonly schema?: Shape }>>;
}

const ResponsePart = ({
  status,
  response: { description, content },
  document,
}: {
  readonly status: string;
  readonly response: ResponseShape;
  readonly document: OpenAPIObject;
}): VNode => {
  const rows = linesOf(Object.values(content ?? {})[0]?.schema, document);
  return (
    <>
      <h3>
        {status} {description}
      </h3>
      {rows.length > 0 && (
        <ul>
          {rows.map(({ name, type, meaning }) => (
            <li key={name}>
              <code>{name}</code> {meaning === '' ? type : `${type}: ${meaning}`}
            </li>
          ))}
        </ul>
      )}
    </>
  );
};

interface Line {
  readonly name: string;
  readonly type: string;
  readonly meaning: string;
}

const DEEPEST = 5;
/** Longer lists of choices are in the document alone. */
const MOST_CHOICES = 12;

/** Every field with the path that leads to it: `regions[].facts.areaHa`. */
export function linesOf(shape: Shape | undefined, document: OpenAPIObject, prefix = '', depth = 0): readonly Line[] {
  const found = shape && resolved(shape, document);
  if (!found || depth > DEEPEST) return [];
  if (found.items) return linesOf(found.items, document, `${prefix}[]`, depth);
  return Object.entries(found.properties ?? {}).flatMap(([name, property]) => {
    const inner = resolved(property, document);
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const isOptional = !(found.required ?? []).includes(name);
    const meaning = [property.description ?? inner.description, isOptional && 'may be absent']
      .filter(Boolean)
      .join('; ');
    return [{ name: path, type: typeOf(inner, document), meaning }, ...linesOf(inner, document, path, depth + 1)];
  });
}

function typeOf(shape: Shape, document: OpenAPIObject): string {
  const options = shape.anyOf ?? shape.oneOf;
  if (options) return [...new Set(options.map((each) => typeOf(resolved(each, document), document)))].join(' or ');
  if (shape.enum) return shape.enum.length > MOST_CHOICES ? 'one of a closed list' : shape.enum.map(String).join(', ');
  if (shape.const !== undefined) return JSON.stringify(shape.const);
  if (shape.items) return `list of ${typeOf(resolved(shape.items, document), document)}`;
  return [shape.type ?? 'anything'].flat().join(' or ');
}

function resolved(shape: Shape, document: OpenAPIObject): Shape {
  const name = shape.$ref?.split('/').at(-1);
  const known: Shape | undefined = name === undefined ? undefined : document.components?.schemas?.[name];
  return known ?? shape;
}
