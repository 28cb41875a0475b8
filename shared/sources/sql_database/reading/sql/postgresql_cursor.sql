-- A cursor over the rows, which the server gives in chunks.
DECLARE source_rows NO SCROLL CURSOR FOR
${query}
