"""The GoogleSQL that BigQuery speaks: which features of Google's analyzer are on.

The analyzer serves several products; its features are those of all of them. BigQuery's are the ones that its
reference describes (https://cloud.google.com/bigquery/docs/reference/standard-sql/introduction).
"""

from __future__ import annotations

import hashlib
from functools import cache

from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2
from zetasql.wasi._pb2.zetasql.proto import options_pb2 as options_proto
from zetasql.wasi._pb2.zetasql.public import options_pb2

from local.bigquery.googlesql.library import Library

# Words in the names of features that BigQuery has not.
_ELSEWHERE = (
    "ADDITIONAL_DATE_TIME", "AGGREGATE_FILTERING", "AGGREGATION_THRESHOLD", "ALIASES_FOR_STRING", "ANONYMIZATION",
    "ARRAY_EQUALITY", "ARRAY_FIND_FUNCTIONS", "ARRAY_GREATEST_LEAST", "ARRAY_ORDERING", "ARRAY_ZIP",
    "BRACED_CONSTRUCTORS", "BRACED_PROTO", "DIFFERENTIAL_PRIVACY", "DOT_PRODUCT", "EXPERIMENTAL",
    "FIRST_AND_LAST_N",
    "FLATTEN_ARRAYS", "FOR_UPDATE", "GEOGRAPHY", "GRAPH", "INLINE_LAMBDA", "INSERT_ON_CONFLICT",
    "JSON_TYPE_COMPARISON", "L1_NORM", "L2_NORM", "LATERAL_COLUMN", "LATERAL_JOIN", "LIMIT_ALL", "MANHATTAN",
    "MAP_TYPE", "MATCH_RECOGNIZE", "MEASURES", "MODULES", "MULTIWAY_UNNEST", "NULLIFZERO", "PI_FUNCTIONS", "PIPE_FORK",
    "PIPE_IF", "PIPE_INSERT", "PIPE_LOG", "PIPE_TEE", "PIPE_CREATE_TABLE", "PIPE_EXPORT", "PROTO", "RADIANS",
    "REPLACE_FIELDS", "ROW_TYPE", "SPANNER", "TIMESTAMP_NANOS", "TIMESTAMP_PICOS", "TIMESTAMP_PRECISION",
    "TOKENIZED_SEARCH", "UPDATE_CONSTRUCTOR", "UUID_TYPE", "WITH_EXPRESSION", "WITH_GROUP_ROWS",
    "MULTILEVEL_AGGREGATION",
)  # fmt: skip
_BESIDES = (
    options_pb2.FEATURE_DISALLOW_GROUP_BY_FLOAT,
    options_pb2.FEATURE_DISABLE_FLOAT32,
    options_pb2.FEATURE_DISABLE_ARRAY_MIN_AND_MAX,
    options_pb2.FEATURE_DISABLE_ARRAY_SUM_AND_AVG,
    options_pb2.FEATURE_ALTER_COLUMN_SET_DATA_TYPE,
    options_pb2.FEATURE_CREATE_TABLE_CLONE,
)
# Constructs that the analyzer itself turns into simpler ones.
_REWRITES = (
    options_pb2.REWRITE_FLATTEN,
    options_pb2.REWRITE_UNPIVOT,
    options_pb2.REWRITE_PIVOT,
    options_pb2.REWRITE_TYPEOF_FUNCTION,
    options_pb2.REWRITE_NULLIFERROR_FUNCTION,
    options_pb2.REWRITE_LIKE_ANY_ALL,
    options_pb2.REWRITE_BUILTIN_FUNCTION_INLINER,
    options_pb2.REWRITE_GROUPING_SET,
    options_pb2.REWRITE_PIPE_ASSERT,
    options_pb2.REWRITE_PIPE_DESCRIBE,
    options_pb2.REWRITE_IS_FIRST_IS_LAST_FUNCTION,
    options_pb2.REWRITE_INLINE_SQL_FUNCTIONS,
    options_pb2.REWRITE_INLINE_SQL_UDAS,
)


@cache
def _language(library: Library) -> options_proto.LanguageOptionsProto:
    language = library.call(
        "GetLanguageOptions",
        local_service_pb2.LanguageOptionsRequest(maximum_features=True),
        options_proto.LanguageOptionsProto,
    )
    names = options_pb2.LanguageFeature.Name
    kept = [
        feature
        for feature in language.enabled_language_features
        if not any(word in names(feature) for word in _ELSEWHERE)
    ]
    del language.enabled_language_features[:]
    language.enabled_language_features.extend({*kept, *_BESIDES})
    language.product_mode = options_pb2.PRODUCT_EXTERNAL
    # None named: all.
    del language.supported_statement_kinds[:]
    return language


def fingerprint() -> str:
    """A word that differs between any two languages that these lists make."""
    return hashlib.sha256(repr((_ELSEWHERE, _BESIDES, _REWRITES)).encode()).hexdigest()[:16]


def language(library: Library) -> options_proto.LanguageOptionsProto:
    """BigQuery's GoogleSQL."""
    return _language(library)


def analyzer_options(library: Library) -> options_proto.AnalyzerOptionsProto:
    """Options for one analysis, to be completed with its parameters."""
    options = options_proto.AnalyzerOptionsProto(
        error_message_mode=options_pb2.ERROR_MESSAGE_ONE_LINE,
        default_timezone="UTC",
        prune_unused_columns=True,
        enabled_rewrites=_REWRITES,
    )
    options.language_options.CopyFrom(language(library))
    return options
