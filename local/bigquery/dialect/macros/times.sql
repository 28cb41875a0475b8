-- Times: dates in a zone, and differences in whole units.

CREATE OR REPLACE MACRO bq_date_in_zone(moment, zone) AS CAST(timezone(zone, CAST(moment AS TIMESTAMPTZ)) AS DATE);

CREATE OR REPLACE MACRO bq_timestamp_diff(later, earlier, unit_microseconds) AS
  (epoch_us(CAST(later AS TIMESTAMPTZ)) - epoch_us(CAST(earlier AS TIMESTAMPTZ))) // unit_microseconds;

CREATE OR REPLACE MACRO bq_date_of_monday(day) AS CAST(date_trunc('week', day) AS DATE);

CREATE OR REPLACE MACRO bq_start_of_monday(moment) AS date_trunc('week', moment);

CREATE OR REPLACE MACRO bq_format_timestamp(format, moment, zone) AS
  strftime(timezone(zone, CAST(moment AS TIMESTAMPTZ)), format);
