-- How a MySQL server reads texts and gives times, and how long it waits for who takes its rows; for this session alone.
SET SESSION
  time_zone = '+00:00',
  sql_mode = 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES',
  net_write_timeout = %(silence)s
