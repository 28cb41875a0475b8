"""What single settings of a source of files may be."""


def require_delimiter(delimiter: str) -> str:
    """The delimiter, if CSV can have it; else ValueError."""
    if len(delimiter) != 1:
        raise ValueError('must be one character; a tab is written "\\t", in double quotes')
    if delimiter in '"\r\n\0':
        raise ValueError("must be no quote, no line end and not the character 0")
    return delimiter


def require_sheet(name: str | None) -> str | None:
    """The name, if a sheet of Excel can have it; else ValueError."""
    if name is not None and any(character in "[]:*?/\\" for character in name):
        raise ValueError("must be the name of one sheet, which has none of : * ? / \\ [ ]")
    return name


def require_keys(keys: tuple[str, ...]) -> tuple[str, ...]:
    """The keys, if folders can have them, each once; else ValueError."""
    for key in keys:
        if not key or any(sign in key for sign in "=/"):
            raise ValueError("must hold keys alone: 'dt' for folders such as dt=2025-05-01")
        if keys.count(key) > 1:
            raise ValueError(f"names '{key}' twice")
    return keys
