-- What is true of rows of a window of days. Days begin at midnight of the session's zone, which is UTC.
${column} >= %(${start})s AND ${column} <= TIMESTAMP(%(${end})s, '23:59:59.999999')
