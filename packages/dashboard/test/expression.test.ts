import { translateExpression } from '../src/expression';

describe('field expressions of Lakeview', () => {
  test.each([
    ['`city`', '`city`', false],
    ['COUNT(`*`)', 'count(*)', true],
    ['COUNT(DISTINCT `listing_id`)', 'count(DISTINCT `listing_id`)', true],
    ['SUM(`price`)', 'sum(`price`)', true],
    ['AVG(`price`)', 'avg(`price`)', true],
    ['MEDIAN(`price`)', 'median(`price`)', true],
    ['DATE_TRUNC("DAY", `published_at`)', "date_trunc('DAY', `published_at`)", false],
    ['BIN_FLOOR(`price`, 50000)', 'floor(CAST(`price` AS DOUBLE) / CAST(50000 AS DOUBLE)) * CAST(50000 AS DOUBLE)', false],
    ['SUM(`odd ``name`)', 'sum(`odd ``name`)', true],
  ])('%s', (expression, sql, aggregate) => {
    expect(translateExpression(expression)).toMatchObject({ sql, aggregate });
  });

  test('a bin tells its width, a truncation its unit, a column its name', () => {
    expect(translateExpression('BIN_FLOOR(`price`, 2.5)').binWidth).toBe(2.5);
    expect(translateExpression('DATE_TRUNC("WEEK", `at`)').timeUnit).toBe('WEEK');
    expect(translateExpression('`a``b`').column).toBe('a`b');
  });

  test.each([
    ['PERCENTILE(`price`, 0.9)', 'the function PERCENTILE in a field is not supported'],
    ['SUM(`price` * 2)', 'only columns may stand in it'],
    ['SUM(`a`) FROM secrets; --', 'is not supported'],
    ['DATE_TRUNC("FORTNIGHT", `at`)', 'is not supported'],
    ['BIN_FLOOR(`price`, 0)', 'is not supported'],
    ['price', 'the field expression price is not supported'],
  ])('refuses %s with the reason', (expression, reason) => {
    expect(() => translateExpression(expression)).toThrow(reason);
  });
});
