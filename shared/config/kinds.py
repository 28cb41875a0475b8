"""Every kind of problem that configuration can have: the one place where a code is declared.

A code is for good: it stays with its kind, and is never given to another one. `convergence explain`, the documentation
and every output format take a kind from here.
"""

from shared.config.kind import Kind

UNREADABLE_FILE = Kind(
    "CV0001",
    "A file can't be read",
    "It is not there, is no file, is too long, or is not UTF-8 without a byte-order mark.",
)
MISPLACED_FILE = Kind(
    "CV0002",
    "Nobody reads this",
    "A file or folder has a name or a place at which nothing is looked for, so that what it says would have no effect.",
)
TENANTS_FILE = Kind(
    "CV0003",
    "tenants.json is not what the folders say",
    "Terraform makes what tenants.json says. `convergence validate --write` writes it; commit it with the folders.",
)
CLASHING_NAMES = Kind(
    "CV0004",
    "Two tenants' things would have one name",
    "Names in Google Cloud are made of a tenant's id and a name of its own, and these two come out alike.",
)
INVALID_YAML = Kind(
    "CV0010",
    "Not valid YAML",
    "The file can't be read on from here. YAML is indented with spaces, siblings begin in the same column, an item of "
    "a list begins with '- ', and text with ': ', ' #' or a special sign at its beginning needs quotes.",
)
REFUSED_YAML = Kind(
    "CV0011",
    "YAML that is not taken",
    "One file holds one mapping with text for keys. Anchors, aliases, tags and second documents are refused, so that "
    "every value stands where it counts.",
)
KEY_TWICE = Kind("CV0012", "A key is there twice", "Only one of the two values could count; take one away.")
UNKNOWN_KEY = Kind(
    "CV0101",
    "An unknown key",
    "Nothing of that name is looked for here. Unknown keys are errors, because a misspelt one would be without effect.",
)
MISSING_KEY = Kind("CV0102", "A key is missing", "The mapping needs it; there is no default.")
WRONG_TYPE = Kind(
    "CV0103",
    "A value of another type",
    "A number, text, true or false, a list or a mapping is expected here. Only `true` and `false` are booleans, "
    "numbers are decimal without leading zeros, and quotes make a text of anything.",
)
UNKNOWN_WORD = Kind("CV0104", "A word that is not allowed", "Only certain words may stand here.")
OUT_OF_BOUNDS = Kind(
    "CV0105", "A value out of bounds", "It is too long, too short, too small, too large, or spelt otherwise."
)
MEANINGLESS_VALUE = Kind(
    "CV0106",
    "A value that can't be meant",
    "It has the right type, and still means nothing here, or not together with what stands beside it.",
)
REFUSED_WORD = Kind(
    "CV0107",
    "A word that does nothing here",
    "It is known elsewhere, or to others, and would be without effect or do harm in this place.",
)
EXCLUDING_KEYS = Kind("CV0108", "Keys that exclude each other", "Only one of them can be heeded.")
UNKNOWN_FILE = Kind(
    "CV0201",
    "A file that isn't there",
    "Sources, rules and SQL are named after their files, without the suffix. They are looked for in the tenant's "
    "folder, and for a pipeline that extends a template also in the templates'.",
)
UNKNOWN_TABLE = Kind(
    "CV0202",
    "A table that isn't there",
    "A tenant has the tables raw_data, transformed_data and metrics, and those that its schemas/ declare.",
)
UNKNOWN_COLUMN = Kind("CV0203", "A column that the table lacks", "The table doesn't declare it.")
UNKNOWN_STEP = Kind("CV0204", "A step that isn't there", "`needs` names ids of steps of the same pipeline.")
UNKNOWN_PARAMETER = Kind(
    "CV0205", "A parameter that isn't there", "The pipeline declares its parameters under `parameters`."
)
UNKNOWN_RESOURCE = Kind(
    "CV0206", "A resource that isn't there", "The source declares its resources under `resources`."
)
ID_TWICE = Kind("CV0211", "An id is there twice", "Whoever names it would not know which one is meant.")
CIRCLE = Kind(
    "CV0212",
    "Steps wait for each other",
    "Each of them needs the next, and the last one the first, so that none could ever start.",
)
LONG_TIMEOUT = Kind("CV0213", "A step may take longer than its run", "Then its timeout would never count.")
WRONG_DEFAULT = Kind(
    "CV0214", "A default that its own parameter refuses", "It would fail every run that relies on it."
)
AMBIGUOUS_PARAMETER = Kind(
    "CV0215",
    "A parameter whose name means two things in SQL",
    "A date range `x` is `@x_start` and `@x_end` there, and some names are given to every pipeline.",
)
TAKEN_ROWS = Kind(
    "CV0216",
    "Steps that take each other's rows away",
    "Two steps write to one table, and what one of them writes would be gone, or left to chance.",
)
ROWS_GONE = Kind(
    "CV0217",
    "Rows that may be gone when they are looked at",
    "The pipeline replaces rows of the table, so another run may put its own in their place first.",
)
UNREADABLE_AS = Kind("CV0218", "A column that can't be read as that", "GoogleSQL has no such cast.")
WRONG_PATH = Kind(
    "CV0219",
    "A path that leads nowhere",
    "Only a JSON column has an inside, and a JSON column itself is no value that can be compared.",
)
WRONG_KEYS = Kind("CV0220", "Columns that are no keys", "Keys are compared, and leave something to update.")
WRONG_DESTINATION = Kind(
    "CV0221",
    "A destination that can't take the rows",
    "It has no column for them, or would lose some of them.",
)
WRONG_FIELDS = Kind(
    "CV0222",
    "Fields that don't fit the table",
    "What `columns` of the source says of a field disagrees with the table that it goes into.",
)
WRONG_PATTERN = Kind("CV0223", "A pattern that is none", "Patterns are RE2's, as BigQuery reads them.")
OUT_OF_REACH = Kind(
    "CV0224",
    "Something that may not be read or reached",
    "Tables of the platform and of other tenants, and addresses that the operator doesn't allow.",
)
OPEN_SECRET = Kind(
    "CV0225",
    "A secret in the open",
    "Configuration is committed and read by many. Write {secret: name}, and keep the value where secrets are kept.",
)
MISSING_SECRET = Kind(
    "CV0226",
    "A secret that isn't there",
    "The source names a secret that has no value where this machine keeps them.",
    "warning",
)
WRONG_REQUEST = Kind(
    "CV0227", "A request that can't be made", "What the source says doesn't make a call of the API."
)
NEVER_HOLDS = Kind(
    "CV0228",
    "A rule that could never hold",
    "The table is declared otherwise than the rule asks, so the rule would fail at every run.",
)
REFUSED_SQL = Kind(
    "CV0301",
    "SQL that is not taken",
    "One SELECT, or one expression, in the part of GoogleSQL that can be read in one way only.",
)
TABLE_OUT_OF_SCOPE = Kind(
    "CV0302",
    "SQL that names what it may not",
    "A tenant's SQL names tables of its own dataset and those of its `bigquery` sources.",
)
SQL_UNKNOWN_NAME = Kind(
    "CV0303", "SQL names a column that isn't there", "None of the tables that the SELECT reads has it."
)
SQL_UNKNOWN_FUNCTION = Kind(
    "CV0304", "SQL calls a function that BigQuery lacks", "Other databases may have it under that name."
)
SQL_UNKNOWN_PARAMETER = Kind(
    "CV0305",
    "SQL uses a parameter that nobody declared",
    "SQL sees the parameters of its pipeline, and @run_id, @tenant_id, @pipeline_id and @run_date.",
)
SQL_WRONG_TYPE = Kind(
    "CV0306",
    "SQL with a value of another type",
    "A function or an operator takes no values of these types. CAST(… AS TYPE) makes another one.",
)
SQL_ERROR = Kind("CV0307", "SQL that BigQuery would refuse", "In the words of Google's own analyzer.")
COLUMN_NOT_DELIVERED = Kind(
    "CV0311",
    "A column that the SELECT doesn't deliver",
    "A SELECT delivers every column of its destination by name, but for those that the platform fills in: tenant_id, "
    "pipeline_id, run_id, ingestion_date and created_at. Where NULL is meant, write CAST(NULL AS TYPE) AS name.",
)
COLUMN_OF_ANOTHER_TYPE = Kind(
    "CV0312",
    "A column of a type that the table doesn't take",
    "BigQuery puts INT64 into NUMERIC, BIGNUMERIC and FLOAT64 by itself, and NUMERIC into BIGNUMERIC and FLOAT64; of "
    "anything else CAST(… AS TYPE) has to make the table's type. A bare NULL is INT64.",
)
COLUMN_TWICE = Kind(
    "CV0313", "A column that the SELECT delivers twice", "Nobody could say which of the two is meant."
)
COLUMN_TOO_MANY = Kind(
    "CV0314",
    "A column that the table lacks",
    "The SELECT delivers it and it is left out. Take it away, or declare it in the table.",
    "warning",
)
UNKNOWN_FIELD = Kind(
    "CV0315",
    "A field that the rows don't have",
    "None of the files that are there has a field of that name, so it would be NULL in every row.",
    "warning",
)

TEST_OF_NOTHING = Kind(
    "CV0401",
    "A test that can't be carried out",
    "A test is about one transform or dq step of a pipeline, about tables which that step reads or writes, and about "
    "what such a step gives: rows for a transform, verdicts of rules for dq.",
)
TEST_VALUE = Kind(
    "CV0402",
    "A value that the column doesn't take",
    "Rows of a test are those of a table that is declared, so each value has its column's type. Write numbers whose "
    "digits count as they are or in quotes, days as 2025-11-15 and times as 2025-11-15T10:30:00Z.",
)
UNKNOWN_RULE = Kind(
    "CV0403",
    "A rule that isn't there",
    "A test names rules by their ids in the file of dq_rules/ that its step runs.",
)

KINDS: dict[str, Kind] = {kind.code: kind for kind in tuple(globals().values()) if isinstance(kind, Kind)}
"""By code."""

ABOUT_KEYS = (KEY_TWICE, UNKNOWN_KEY, REFUSED_WORD, EXCLUDING_KEYS)
"""Problems that are those of a key, whatever its value; all others are where the value is."""
