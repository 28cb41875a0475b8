-- When a MariaDB server ends a statement, in seconds.
SET SESSION max_statement_time = %(seconds)s
