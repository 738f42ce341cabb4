import type { PipelineStage, Query } from 'mongoose';
import type { OneUpdate } from './bulk-update.js';

/** What a path ends at; within a list, it goes on into what the list holds. */
type Leaf = Date | Uint8Array | string | number | boolean | bigint | null | undefined;
type Item<Value> = Value extends readonly (infer Each)[] ? Each : never;

/**
 * The dotted paths of a document, of every kind that a union has. A list adds nothing to a filter's path; in a change,
 * `Place` names the item that its filter found.
 */
type PathOf<Doc, Place extends '' | '$.' = ''> = Doc extends Leaf
  ? never
  : Doc extends readonly (infer Each)[]
    ? PathOf<Each, Place> extends infer Path extends string
      ? `${Place}${Path}`
      : never
    : { [Key in keyof Doc & string]-?: Key | `${Key}.${PathOf<Doc[Key], Place>}` }[keyof Doc & string];

type ValueAt<Doc, Path> = Doc extends Leaf
  ? never
  : Doc extends readonly (infer Each)[]
    ? ValueAt<Each, Path extends `$.${infer Rest}` ? Rest : Path>
    : Path extends keyof Doc
      ? Required<Doc>[Path]
      : Path extends `${infer Key}.${infer Rest}`
        ? Key extends keyof Doc
          ? ValueAt<Doc[Key], Rest>
          : never
        : never;

interface Comparison<Value> {
  /** Null also finds what is missing. */
  readonly $eq?: Value | null;
  readonly $ne?: Value;
  readonly $in?: readonly Value[];
  readonly $gt?: Value;
  readonly $gte?: Value;
  readonly $lt?: Value;
  readonly $lte?: Value;
  readonly $size?: number;
  readonly $exists?: boolean;
}

/** A list is met as a whole, or by one of its items. */
type Condition<Value> = Value | Item<Value> | Comparison<Value | Item<Value>>;

/** Which documents: Mongoose's own filters take a path that no document has, and then nothing is found. */
export type Where<Doc> = { readonly [Path in PathOf<Doc>]?: Condition<ValueAt<Doc, Path>> } & {
  readonly $or?: readonly Where<Doc>[];
};

type Flags<Doc, Flag> = { readonly [Path in PathOf<Doc>]?: Flag };
type Values<Doc> = { readonly [Path in PathOf<Doc, '$.'>]?: ValueAt<Doc, Path> };

export interface Change<Doc> {
  readonly $set?: Values<Doc>;
  /** Where it is made by the change. */
  readonly $setOnInsert?: Values<Doc>;
  readonly $unset?: { readonly [Path in PathOf<Doc, '$.'>]?: 1 };
  readonly $inc?: { readonly [Path in PathOf<Doc>]?: number };
  readonly $push?: {
    readonly [Path in PathOf<Doc>]?: Item<ValueAt<Doc, Path>> | { readonly $each: readonly Item<ValueAt<Doc, Path>>[] };
  };
  readonly $pull?: { readonly [Path in PathOf<Doc>]?: Where<Item<ValueAt<Doc, Path>>> };
}

interface Search<Doc, Found> {
  sort(by: Flags<Doc, 1 | -1>): this;
  limit(most: number): this;
  /** As it is stored; `Shown` where only some of it was asked for. */
  lean<Shown = Found>(): Query<Shown | Extract<Found, null>, Doc>;
}

/** The driver's own: what is read or written as it is needs nothing of Mongoose. Here no operator has to be trusted. */
interface DriverCollection<Doc> {
  readonly name: string;
  find<Shown = Doc>(
    where: Where<Doc>,
    options?: { readonly projection: Flags<Doc, 0 | 1> },
  ): { toArray(): Promise<Shown[]> };
  insertMany(documents: Doc[], options: object): Promise<{ readonly insertedCount: number }>;
  bulkWrite(
    operations: { readonly updateOne: OneUpdate }[],
    options: object,
  ): Promise<{ readonly modifiedCount: number }>;
}

/** The collection of a model, as a repository sees it: every path that it names is one of its documents', with its values. */
export interface Documents<Doc> {
  readonly collection: DriverCollection<Doc>;
  findById(id: ValueAt<Doc, '_id'>, shown?: Flags<Doc, 1>): Search<Doc, Doc | null>;
  findOne(where: Where<Doc>, shown?: Flags<Doc, 1>): Search<Doc, Doc | null>;
  find(where?: Where<Doc>, shown?: Flags<Doc, 1>): Search<Doc, Doc[]>;
  exists(where: Where<Doc>): Query<object | null, Doc>;
  countDocuments(where: Where<Doc>): Query<number, Doc>;
  /** Rows of any shape: what a pipeline names is not checked. */
  aggregate<Row>(pipeline: PipelineStage[]): PromiseLike<Row[]>;
  insertMany(documents: readonly Doc[]): Promise<unknown>;
  updateOne(
    where: Where<Doc>,
    change: Change<Doc>,
    options?: { readonly upsert: boolean },
  ): Query<{ readonly matchedCount: number; readonly modifiedCount: number }, Doc>;
  deleteOne(where: Where<Doc>): Query<{ readonly deletedCount: number }, Doc>;
  deleteMany(where: Where<Doc>): Query<{ readonly deletedCount: number }, Doc>;
}
