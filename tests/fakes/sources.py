"""Sources that nobody asks: what they say is enough."""

from shared.domain.source import SqlDatabaseSource


def growing_orders(**words: object) -> SqlDatabaseSource:
    """A table that is read from where it was read before, by its column `cursor`, if nothing else is said."""
    said = {
        "type": "sql_database",
        "dialect": "postgresql",
        "host": "db.example.com",
        "database": "shop",
        "user": "reader",
        "password": {"secret": "shop_password"},
        "table": "orders",
        "incremental": {"column": "cursor", "lag": 0},
    }
    return SqlDatabaseSource.model_validate({**said, **words})
