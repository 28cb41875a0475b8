"""Sources of cost reports, as a tenant would write them for OpenAI and Anthropic."""

from shared.domain.source import RestApiSource

CURSOR = {"type": "cursor", "cursor_path": "next_page", "cursor_param": "page"}


def openai_costs(url: str) -> RestApiSource:
    return RestApiSource.model_validate(
        {
            "type": "rest_api",
            "client": {
                "base_url": f"{url}/v1",
                "auth": {"type": "bearer", "token": {"secret": "api_key"}},
                "paginator": CURSOR,
            },
            "resources": [
                {
                    "name": "costs",
                    "endpoint": {
                        "path": "organization/costs",
                        "params": {
                            "start_time": {"parameter": "date_range_start", "format": "unix"},
                            "end_time": {"parameter": "date_range_end", "format": "unix", "plus_days": 1},
                            "group_by[]": ["project_id", "line_item"],
                            "limit": 1,
                        },
                        "data_selector": "data",
                    },
                }
            ],
        }
    )


def anthropic_costs(url: str) -> RestApiSource:
    return RestApiSource.model_validate(
        {
            "type": "rest_api",
            "client": {
                "base_url": url,
                "auth": {
                    "type": "api_key",
                    "name": "x-api-key",
                    "api_key": {"secret": "api_key"},
                    "location": "header",
                },
                "headers": {"anthropic-version": "2023-06-01"},
                "paginator": CURSOR,
            },
            "resources": [
                {
                    "name": "cost_report",
                    "endpoint": {
                        "path": "v1/organizations/cost_report",
                        "params": {
                            "starting_at": {"parameter": "date_range_start", "format": "rfc3339"},
                            "ending_at": {"parameter": "date_range_end", "format": "rfc3339", "plus_days": 1},
                        },
                        "data_selector": "data[*].results[*]",
                    },
                }
            ],
        }
    )
