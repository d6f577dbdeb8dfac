CREATE OR REFRESH STREAMING TABLE raw_orders
AS SELECT * FROM STREAM read_files(
  '${input}/orders',
  format => 'json',
  schema => 'order_id BIGINT, customer STRING, placed_at STRING, lines ARRAY<STRUCT<sku: STRING, qty: INT, price: DECIMAL(10, 2)>>, payload STRING, note STRING'
);

CREATE OR REFRESH STREAMING TABLE orders (
  CONSTRAINT has_lines EXPECT (size(lines) > 0) ON VIOLATION DROP ROW,
  CONSTRAINT known_channel EXPECT (channel IN ('web', 'app'))
)
AS SELECT
  * EXCEPT (payload, note),
  to_timestamp(placed_at) AS placed,
  payload:channel AS channel,
  payload:ref.code AS code,
  coalesce(note, '-') AS remark
FROM STREAM(raw_orders);

CREATE OR REFRESH MATERIALIZED VIEW order_lines
AS SELECT order_id, customer, placed, line.sku, line.qty, line.price, line.qty * line.price AS amount, order_id + line.qty AS mark
FROM orders, LATERAL explode(lines) AS e(line);

CREATE OR REFRESH MATERIALIZED VIEW customer_totals
AS SELECT
  customer,
  sum(amount) AS total,
  sum(amount) / count(*) AS mean,
  sum(mark) AS marks,
  round(avg(amount), 2) AS rounded,
  percentile_approx(qty, 0.5) AS middle,
  datediff(max(CAST(placed AS DATE)), min(CAST(placed AS DATE))) AS span,
  date_trunc('MONTH', max(CAST(placed AS DATE))) AS last_month
FROM order_lines
GROUP BY ALL;

CREATE OR REFRESH MATERIALIZED VIEW best_line
AS SELECT customer, order_id, sku, amount
FROM order_lines
QUALIFY row_number() OVER (PARTITION BY customer ORDER BY amount DESC, order_id, sku) = 1;

CREATE OR REFRESH MATERIALIZED VIEW channels
AS SELECT * FROM (SELECT customer, channel, code FROM orders) PIVOT (count(code) AS n, max(code) AS latest FOR channel IN ('web', 'app' AS mobile));

CREATE OR REFRESH MATERIALIZED VIEW shares
AS SELECT t.customer, b.sku, b.amount / t.total AS share
FROM customer_totals AS t LEFT JOIN best_line AS b USING (customer)
WHERE t.customer <> 'c3';
