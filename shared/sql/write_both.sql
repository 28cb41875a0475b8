-- Put rows where they belong, and set the others aside: both is done, or nothing.
BEGIN TRANSACTION;
${write};
${set_aside};
COMMIT TRANSACTION
