-- What is true of rows from a value of a column on, and of those in which it is NULL.
(${column} >= %(cursor_start)s OR ${column} IS NULL)
