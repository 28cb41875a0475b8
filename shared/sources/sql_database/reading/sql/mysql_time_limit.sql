-- When a MySQL server ends a SELECT, in milliseconds.
SET SESSION max_execution_time = %(milliseconds)s
