-- Merged by its key: what comes again replaces what was there.
{{ config(materialized='incremental', unique_key='order_id') }}
select id as order_id, customer_id, status, amount, ordered_on
from {{ ref('raw_orders') }}
{% if is_incremental() %}
where ordered_on >= (select max(ordered_on) from {{ this }})
{% endif %}
