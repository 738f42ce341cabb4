import type { Value } from './bson.js';

/** MongoDB's names for the codes that the store answers with. */
const NAMES = new Map(
  `1 InternalError, 2 BadValue, 9 FailedToParse, 13 Unauthorized, 14 TypeMismatch, 15 Overflow,
  20 IllegalOperation, 22 InvalidBSON, 26 NamespaceNotFound, 27 IndexNotFound, 28 PathNotViable,
  40 ConflictingUpdateOperators, 43 CursorNotFound, 48 NamespaceExists, 52 DollarPrefixedFieldName,
  53 InvalidIdField, 54 NotSingleValueField, 56 EmptyFieldName, 59 CommandNotFound, 66 ImmutableField,
  67 CannotCreateIndex, 72 InvalidOptions, 73 InvalidNamespace, 85 IndexOptionsConflict,
  86 IndexKeySpecsConflict, 168 InvalidPipelineOperator, 171 CannotIndexParallelArrays, 175 QueryPlanKilled,
  197 InvalidIndexSpecificationOption, 292 QueryExceededMemoryLimitNoDiskUseAllowed,
  352 UnsupportedOpQueryCommand, 10334 BSONObjectTooLarge, 11000 DuplicateKey, 14031 OutOfDiskSpace`
    .split(/,\s+/)
    .map((each) => [Number.parseInt(each), each.replace(/\d+ /, '')]),
);

/** An answer that is an error. It changes nothing; its code is MongoDB's. */
export class MongoError extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly more: Readonly<Record<string, Value>> = {},
  ) {
    super(message);
  }

  codeName = (): string => NAMES.get(this.code) ?? `Location${String(this.code)}`;
}

/** What MongoDB itself would refuse. */
export function fail(code: number, message: string): never {
  throw new MongoError(code, message);
}

/** What MongoDB may know and the store does not: never answered by a guess. */
export function refuse(code: number, what: string): never {
  throw new MongoError(code, `${what}: not in the embedded store; set MONGODB_URI`);
}
