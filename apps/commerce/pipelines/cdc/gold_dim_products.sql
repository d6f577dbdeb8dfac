-- gold.dim_products: the products as they are now (SCD type 1), kept by AUTO CDC; a deleted product has no row.
CREATE OR REFRESH STREAMING TABLE gold.dim_products
COMMENT 'Products as they are now';

CREATE FLOW dim_products_from_changes AS AUTO CDC INTO gold.dim_products
FROM STREAM(silver.products)
KEYS (product_id)
APPLY AS DELETE WHEN operation = 'DELETE'
SEQUENCE BY sequence
COLUMNS * EXCEPT (record_id, operation, sequence, changed_at, _rescued_data, file_path, ingested_at)
STORED AS SCD TYPE 1;
