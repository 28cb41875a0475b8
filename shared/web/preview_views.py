"""How what a run would do looks in answers."""

from pydantic import JsonValue

from shared.domain.run_preview import RunPreview


def run_preview_json(preview: RunPreview) -> dict[str, JsonValue]:
    """All that is known of it, and what it adds up to."""
    return {
        "dry_run": True,
        **preview.model_dump(mode="json", exclude={"parameters"}),
        "parameters": {value.name: value.json_value for value in preview.parameters},
        "bytes_billed": preview.bytes_billed,
        "price_usd": str(preview.price_usd),
        "unknown_count": preview.unknown_count,
        "problems": list(preview.problems),
    }
