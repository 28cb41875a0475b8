-- A transaction that changes nothing and sees one state of the database.
START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY
