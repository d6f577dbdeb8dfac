import { LakewrightError } from '@lakewright/config';

/** Types of a dataset's columns, as Spark SQL names them. */
export type ColumnType = 'string' | 'boolean' | 'int' | 'bigint' | 'double' | 'decimal' | 'date' | 'timestamp';
/** A dataset's columns: name -> type, in the order of its query. */
export type Columns = Readonly<Record<string, ColumnType>>;

type NamesOfType<C extends Columns, T extends ColumnType> = { [N in keyof C & string]: C[N] extends T ? N : never }[keyof C &
  string];
/** Names of the columns one can add up. */
export type NumericColumn<C extends Columns> = NamesOfType<C, 'int' | 'bigint' | 'double' | 'decimal'>;
/** Names of the columns that lie on a time axis. */
export type TimeColumn<C extends Columns> = NamesOfType<C, 'date' | 'timestamp'>;
/** A column's name, or a field made by one of the dataset's helpers. */
export type FieldOf<C extends Columns> = (keyof C & string) | Field<C>;

export type Scale = 'categorical' | 'quantitative' | 'temporal';

/** One value a widget shows: a column, a bin of it, or an aggregate. Only widgets of the dataset it came from take it. */
export class Field<C extends Columns> {
  /** Never set: makes a field of one dataset a type error in a widget of another. */
  readonly of?: (columns: C) => C;

  constructor(
    /** Lakeview's label for the value; encodings refer to it: `sum(price)`. */
    readonly name: string,
    /** Lakeview's field expression: ``SUM(`price`)``. */
    readonly expression: string,
    readonly scale: Scale,
    readonly aggregate: boolean,
    readonly dataset: string,
    /** What the reader sees on an axis, in a legend or over a column. */
    readonly title: string,
  ) {}

  /** The same value under another title. */
  titled(title: string): Field<C> {
    return new Field(this.name, this.expression, this.scale, this.aggregate, this.dataset, title);
  }
}

export interface DatasetProps<C extends Columns> {
  /** Lower-case name, unique in the dashboard. */
  readonly name: string;
  /** @default the name */
  readonly displayName?: string;
  /** A SQL query that names the catalog in full; order and limit the rows of a table here. */
  readonly query: string;
  /** What the query returns: a widget can refer to these columns and to nothing else. */
  readonly columns: C;
}

/** A query of a dashboard together with the columns it returns, and the helpers that make fields of them. */
export class Dataset<const C extends Columns> {
  readonly name: string;
  readonly displayName: string;
  readonly query: string;
  readonly columns: C;

  /** @throws LakewrightError DASHBOARD_DATASET when the name is not an identifier or the query is empty */
  constructor(props: DatasetProps<C>) {
    if (!/^[a-z][a-z0-9_]*$/.test(props.name)) {
      throw new LakewrightError(
        'DASHBOARD_DATASET',
        `dataset name: must be lower-case letters, digits and "_" (got "${props.name}")`,
      );
    }
    if (props.query.trim() === '') {
      throw new LakewrightError('DASHBOARD_DATASET', `dataset ${props.name}, query: must be a SQL query (got nothing)`);
    }
    this.name = props.name;
    this.displayName = props.displayName ?? props.name;
    this.query = props.query;
    this.columns = props.columns;
  }

  /** The column as it is. */
  column(name: keyof C & string): Field<C> {
    return this.field(name, `\`${name}\``, this.scaleOf(name), false, name);
  }
  /** Number of rows. */
  count(): Field<C> {
    return this.field('count(*)', 'COUNT(`*`)', 'quantitative', true, 'Count');
  }
  /** Number of different values. */
  countDistinct(name: keyof C & string): Field<C> {
    return this.field(`countdistinct(${name})`, `COUNT(DISTINCT \`${name}\`)`, 'quantitative', true, `Different ${name}`);
  }
  sum(name: NumericColumn<C>): Field<C> {
    return this.field(`sum(${name})`, `SUM(\`${name}\`)`, 'quantitative', true, `Sum of ${name}`);
  }
  avg(name: NumericColumn<C>): Field<C> {
    return this.field(`avg(${name})`, `AVG(\`${name}\`)`, 'quantitative', true, `Average ${name}`);
  }
  median(name: NumericColumn<C>): Field<C> {
    return this.field(`median(${name})`, `MEDIAN(\`${name}\`)`, 'quantitative', true, `Median ${name}`);
  }
  min(name: NumericColumn<C> | TimeColumn<C>): Field<C> {
    return this.field(`min(${name})`, `MIN(\`${name}\`)`, this.scaleOf(name), true, `First ${name}`);
  }
  max(name: NumericColumn<C> | TimeColumn<C>): Field<C> {
    return this.field(`max(${name})`, `MAX(\`${name}\`)`, this.scaleOf(name), true, `Last ${name}`);
  }
  /**
   * The lower end of the bin of `width` (in the column's unit) that the value falls into.
   *
   * @throws LakewrightError DASHBOARD_FIELD when the width is not positive
   */
  bin(name: NumericColumn<C>, width: number): Field<C> {
    if (!(width > 0)) {
      throw new LakewrightError('DASHBOARD_FIELD', `dataset ${this.name}, bin of ${name}: width must be positive (got ${width})`);
    }
    return this.field(`bin(${name}, binWidth=${width})`, `BIN_FLOOR(\`${name}\`, ${width})`, 'quantitative', false, name);
  }
  /** The start of the hour, day, week or month that the value falls into. */
  truncated(name: TimeColumn<C>, unit: 'hour' | 'day' | 'week' | 'month'): Field<C> {
    const label = { hour: 'hourly', day: 'daily', week: 'weekly', month: 'monthly' }[unit];
    return this.field(`${label}(${name})`, `DATE_TRUNC("${unit.toUpperCase()}", \`${name}\`)`, 'temporal', false, name);
  }

  /** A field from a column's name or from a helper's result, which must be this dataset's. */
  resolve(field: FieldOf<C>): Field<C> {
    if (typeof field === 'string') return this.column(field);
    if (field.dataset !== this.name) {
      throw new LakewrightError(
        'DASHBOARD_FIELD',
        `field ${field.name} belongs to the dataset ${field.dataset}: a widget of ${this.name} cannot show it`,
        { hint: `make it with the helpers of ${this.name}` },
      );
    }
    return field;
  }

  private scaleOf(name: string): Scale {
    const type = this.columns[name];
    if (type === undefined) {
      throw new LakewrightError('DASHBOARD_FIELD', `dataset ${this.name} has no column "${name}"`, {
        hint: `it has: ${Object.keys(this.columns).join(', ')}`,
      });
    }
    if (type === 'date' || type === 'timestamp') return 'temporal';
    return type === 'string' || type === 'boolean' ? 'categorical' : 'quantitative';
  }

  private field(name: string, expression: string, scale: Scale, aggregate: boolean, title: string): Field<C> {
    return new Field(name, expression, scale, aggregate, this.name, title);
  }
}

/** A dataset of a dashboard; the compiler knows its columns from then on. */
export function dataset<const C extends Columns>(props: DatasetProps<C>): Dataset<C> {
  return new Dataset(props);
}
