-- A table, in the layout that a large one would have.
{{ config(
    materialized='table',
    partition_by={'field': 'first_ordered_on', 'data_type': 'date'},
    cluster_by=['customer_id'],
    labels={'area': 'shop'}
) }}
select
    customers.customer_id,
    sum(orders.amount) as amount,
    min(orders.ordered_on) as first_ordered_on
from {{ ref('customers') }} as customers
inner join {{ ref('orders') }} as orders using (customer_id)
group by customers.customer_id
