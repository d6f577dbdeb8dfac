CREATE OR REFRESH STREAMING TABLE changes
AS SELECT id, city, CAST(credit AS DECIMAL(12, 2)) AS credit, op, seq
FROM STREAM read_files('${input}/customers', format => 'json', schema => 'id STRING, city STRING, credit STRING, op STRING, seq BIGINT');

CREATE OR REFRESH STREAMING TABLE customers;

CREATE FLOW customers_flow AS AUTO CDC INTO customers
FROM STREAM(changes) KEYS (id) APPLY AS DELETE WHEN op = 'delete' SEQUENCE BY seq COLUMNS * EXCEPT (op, seq) STORED AS SCD TYPE 1;

CREATE OR REFRESH STREAMING TABLE customer_history;

CREATE FLOW history_flow AS AUTO CDC INTO customer_history
FROM STREAM(changes) KEYS (id) APPLY AS DELETE WHEN op = 'delete' SEQUENCE BY seq COLUMNS * EXCEPT (op, seq) STORED AS SCD TYPE 2;

CREATE OR REFRESH MATERIALIZED VIEW credit_by_city
AS SELECT city, sum(credit) AS credit, avg(credit) * 2 AS twice, count(*) AS customers FROM customers GROUP BY ALL;
