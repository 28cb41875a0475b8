-- How a PostgreSQL server writes values, and when it ends what nobody waits for; for this transaction alone.
SELECT
  set_config('TimeZone', 'UTC', true),
  set_config('DateStyle', 'ISO, YMD', true),
  set_config('IntervalStyle', 'iso_8601', true),
  set_config('extra_float_digits', '1', true),
  set_config('standard_conforming_strings', 'on', true),
  set_config('cursor_tuple_fraction', '1', true),
  set_config('statement_timeout', %(statement_timeout)s, true),
  set_config('idle_in_transaction_session_timeout', %(silence)s, true),
  CASE WHEN current_setting('server_version_num')::int >= 140000
    THEN set_config('client_connection_check_interval', '10s', true)
  END
