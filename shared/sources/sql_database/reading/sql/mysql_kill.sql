-- Ends what a session of a MySQL server does.
KILL QUERY ${session}
