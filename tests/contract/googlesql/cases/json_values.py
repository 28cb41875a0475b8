"""JSON: the values that Google's reference gives for its examples."""

from __future__ import annotations

from typing import Any

_FRUITS = """JSON '{"fruits":[{"apples":5,"oranges":10},{"bananas":5,"kiwis":4}],"name":"Jakob","age":"6"}'"""
# The function as Google's reference names it; an expression or a query; its value, or its rows.
READS: list[tuple[str, str, Any]] = [
    ("BOOL", "BOOL(JSON '{\"vacancy\": true}'.vacancy)", True),
    ("FLOAT64", "FLOAT64(JSON '{\"velocity\": 9.8}'.velocity)", 9.8),
    ("FLOAT64", "FLOAT64(JSON '9007199254740993', wide_number_mode => 'round')", 9007199254740992.0),
    ("INT64", 'INT64(JSON \'{"name": "sky", "age": 10.0}\'.age)', 10),
    ("STRING", "STRING(JSON '\"purple\"')", "purple"),
    ("LAX_BOOL", "LAX_BOOL(JSON '\"TRUE\"')", True),
    ("LAX_BOOL", "LAX_BOOL(JSON '\"foo\"')", None),
    ("LAX_FLOAT64", "LAX_FLOAT64(JSON '\"1.1\"')", 1.1),
    ("LAX_FLOAT64", "LAX_FLOAT64(JSON 'true')", None),
    ("LAX_INT64", "LAX_INT64(JSON '\"1.1\"')", 1),
    ("LAX_INT64", "LAX_INT64(JSON 'true')", 1),
    ("LAX_STRING", "LAX_STRING(JSON '-1')", "-1"),
    ("LAX_STRING", "LAX_STRING(JSON 'null')", None),
    (
        "JSON_EXTRACT",
        """JSON_EXTRACT('{"class" : {"students" : [{"name" : "Jane"}]}}', '$.class')""",
        '{"students":[{"name":"Jane"}]}',
    ),
    (
        "JSON_EXTRACT",
        """JSON_EXTRACT('{"class" : {"students" : [{"name" : "Jane"}]}}', "$.class['students'][1]")""",
        None,
    ),
    ("JSON_EXTRACT_ARRAY", "JSON_EXTRACT_ARRAY('[1,2,3]')", ["1", "2", "3"]),
    (
        "JSON_EXTRACT_ARRAY",
        """JSON_EXTRACT_ARRAY('{"fruit":["apples","grapes"]}', '$.fruit')""",
        ['"apples"', '"grapes"'],
    ),
    ("JSON_EXTRACT_SCALAR", f"JSON_EXTRACT_SCALAR({_FRUITS}, '$.name')", "Jakob"),
    ("JSON_EXTRACT_SCALAR", f"JSON_EXTRACT_SCALAR({_FRUITS}, '$.fruits')", None),
    (
        "JSON_EXTRACT_STRING_ARRAY",
        """JSON_EXTRACT_STRING_ARRAY('["apples", "oranges"]')""",
        ["apples", "oranges"],
    ),
    ("JSON_KEYS", """JSON_KEYS(JSON '{"a":{"b":1}}')""", ["a", "a.b"]),
    ("JSON_KEYS", """JSON_KEYS(JSON '{"a":{"b":1}}', 1)""", ["a"]),
    ("JSON_KEYS", """JSON_KEYS(JSON '{"a":[{"b":1}, {"c":2}]}', mode => 'lax')""", ["a", "a.b", "a.c"]),
    (
        "JSON_QUERY",
        """JSON_QUERY(JSON '{"class": {"students": [{"id": 5}, {"id": 12}]}}', '$.class.students[0]')""",
        '{"id":5}',
    ),
    ("JSON_QUERY", """JSON_QUERY('{"a": null, "b": "c"}', '$.a')""", None),
    *(("JSON_QUERY", f"JSON_QUERY('{text}', '$')", None) for text in ("INF", "nAn", "-Infinity", "[InF]")),
    (
        "JSON_QUERY_ARRAY",
        f"JSON_QUERY_ARRAY({_FRUITS}, '$.fruits')",
        ['{"apples":5,"oranges":10}', '{"bananas":5,"kiwis":4}'],
    ),
    ("JSON_QUERY_ARRAY", """JSON_QUERY_ARRAY('{"a.b":[1]}', '$."a.b"')""", ["1"]),
    ("JSON_QUERY_ARRAY", """JSON_QUERY_ARRAY('{"a":"b"}', '$.a')""", None),
    ("JSON_TYPE", "JSON_TYPE(JSON '\"Apple\"')", "string"),
    ("JSON_TYPE", "JSON_TYPE(JSON '10')", "number"),
    ("JSON_TYPE", "JSON_TYPE(JSON 'null')", "null"),
    ("JSON_TYPE", 'JSON_TYPE(JSON \'{"State": "NY"}\')', "object"),
    ("JSON_TYPE", "JSON_TYPE(JSON '[1, 2]')", "array"),
    ("JSON_TYPE", "JSON_TYPE(JSON 'false')", "boolean"),
    ("JSON_VALUE", f"JSON_VALUE({_FRUITS}, '$.age')", "6"),
    ("JSON_VALUE", f"JSON_VALUE({_FRUITS}, '$.fruits')", None),
    ("JSON_VALUE", """JSON_VALUE('{"a.b": {"c": "world"}}', '$."a.b".c')""", "world"),
    (
        "JSON_VALUE_ARRAY",
        """JSON_VALUE_ARRAY('{"fruits":["apples","oranges"]}', '$.fruits')""",
        ["apples", "oranges"],
    ),
    ("JSON_VALUE_ARRAY", """JSON_VALUE_ARRAY('{"a":[{"b":1}]}', '$.a')""", None),
]
WRITES: list[tuple[str, str, Any]] = [
    ("JSON_ARRAY", "JSON_ARRAY(10, ['foo', 'bar'], [20, 30])", '[10,["foo","bar"],[20,30]]'),
    ("JSON_ARRAY", "JSON_ARRAY()", "[]"),
    ("JSON_ARRAY_APPEND", """JSON_ARRAY_APPEND(JSON '["a", "b", "c"]', '$', 1)""", '["a","b","c",1]'),
    (
        "JSON_ARRAY_APPEND",
        """JSON_ARRAY_APPEND(JSON '["a", ["b"], "c"]', '$[1]', [1, 2])""",
        '["a",["b",1,2],"c"]',
    ),
    (
        "JSON_ARRAY_INSERT",
        """JSON_ARRAY_INSERT(JSON '["a", ["b", "c"], "d"]', '$[1]', 1)""",
        '["a",1,["b","c"],"d"]',
    ),
    ("JSON_OBJECT", "JSON_OBJECT('foo', 10, 'bar', TRUE)", '{"bar":true,"foo":10}'),
    ("JSON_OBJECT", "JSON_OBJECT(['a', 'b'], [10, 20])", '{"a":10,"b":20}'),
    ("JSON_REMOVE", """JSON_REMOVE(JSON '["a", ["b", "c"], "d"]', '$[1]')""", '["a","d"]'),
    ("JSON_REMOVE", """JSON_REMOVE(JSON '{"a": {"b": 10, "c": 20}}', '$.a.b')""", '{"a":{"c":20}}'),
    ("JSON_SET", """JSON_SET(JSON '{"a": 1}', '$', JSON '{"b": 2, "c": 3}')""", '{"b":2,"c":3}'),
    ("JSON_SET", """JSON_SET(JSON '{"a": 1}', '$.b', 999, create_if_missing => FALSE)""", '{"a":1}'),
    ("JSON_SET", """JSON_SET(JSON '["a", ["b", "c"], "d"]', '$[1]', 'foo')""", '["a","foo","d"]'),
    ("JSON_STRIP_NULLS", """JSON_STRIP_NULLS(JSON '{"a": null, "b": "c"}')""", '{"b":"c"}'),
    ("JSON_STRIP_NULLS", """JSON_STRIP_NULLS(JSON '[1, null]', include_arrays => FALSE)""", "[1,null]"),
    (
        "JSON_STRIP_NULLS",
        """JSON_STRIP_NULLS(JSON '{"a": {"b": null}, "d": [null]}', remove_empty => TRUE)""",
        "null",
    ),
    ("PARSE_JSON", """PARSE_JSON('{"coordinates": [10, 20], "id": 1}')""", '{"coordinates":[10,20],"id":1}'),
    (
        "PARSE_JSON",
        """PARSE_JSON('{"id":922337203685477580701}', wide_number_mode=>'round')""",
        '{"id":9.223372036854776e+20}',
    ),
    ("PARSE_JSON", "PARSE_JSON('\"red\"')", '"red"'),
    ("TO_JSON", "TO_JSON(STRUCT(1 AS id, [10, 20] AS coordinates))", '{"coordinates":[10,20],"id":1}'),
    ("TO_JSON", "TO_JSON(9007199254740993, stringify_wide_numbers => TRUE)", '"9007199254740993"'),
    ("TO_JSON", "TO_JSON([9007199254740993, 2], stringify_wide_numbers => TRUE)", '["9007199254740993",2]'),
    (
        "TO_JSON_STRING",
        "TO_JSON_STRING(STRUCT(1 AS id, [10, 20] AS coordinates))",
        '{"id":1,"coordinates":[10,20]}',
    ),
    (
        "TO_JSON_STRING",
        "TO_JSON_STRING(STRUCT(1 AS id, [10] AS coordinates), TRUE)",
        '{\n  "id": 1,\n  "coordinates": [\n    10\n  ]\n}',
    ),
]
CASES = [*READS, *WRITES]
