-- What a transaction of a MySQL server sees: one state, as it was when it began.
SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ
