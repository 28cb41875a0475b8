-- What is true of rows from a value of a column on.
${column} >= %(cursor_start)s
