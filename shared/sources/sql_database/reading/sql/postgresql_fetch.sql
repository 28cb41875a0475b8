-- The next rows of the cursor.
FETCH FORWARD ${count} FROM source_rows
