"""Google's analyzer and reference evaluator of GoogleSQL, compiled to WebAssembly, as a library in this process.

The package `zetasql` ships it as WebAssembly, which takes a minute of processor time to compile. It is compiled once,
when the environment is set up, and kept beside the environment; loading what is kept takes milliseconds.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import sys
import tempfile
import threading
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import tzdata
import wasmtime
import zetasql
from google.protobuf.message import Message

Answer = TypeVar("Answer", bound=Message)

_SOURCE = Path(zetasql.__file__).parent / "wasi" / "zetasql.wasm"
_ZONES = Path(tzdata.__file__).parent / "zoneinfo"
_SIZE_BYTES = 4


class GoogleError(Exception):
    """What Google's code answered instead of a result, in its own words."""


class Library:
    """One instance with a memory of its own, made by the first call. Calls wait for each other."""

    def __init__(self) -> None:
        self._engine: wasmtime.Engine | None = None
        self._guard = threading.Lock()
        self._generation = 0

    def call(self, name: str, request: Message, answer: type[Answer]) -> Answer:
        """Call a method of Google's local service. Raises GoogleError.

        The methods and their messages: zetasql/local_service/local_service.proto.
        """
        content = request.SerializeToString()
        with self._guard:
            if self._engine is None:
                self._engine = _create_engine()
                self._module = _load_module(self._engine)
                self._start()
            try:
                found = self._exchange(f"ZetaSqlLocalService_{name}", content)
            except (wasmtime.WasmtimeError, wasmtime.Trap) as error:
                # Its memory can't be trusted any more, and its locks may be held for ever.
                self._start()
                raise GoogleError("Code: 13, Message: the analyzer gave up on this statement") from error
        read: Answer = answer()
        read.ParseFromString(found)
        return read

    @property
    def generation(self) -> int:
        """Changes when the instance had to be made anew; what was registered before is gone."""
        return self._generation

    def _start(self) -> None:
        if self._engine is None:
            raise AssertionError("an instance is made of a loaded module")
        self._store = wasmtime.Store(self._engine)
        system = wasmtime.WasiConfig()
        system.preopen_dir(str(_ZONES), "/usr/share/zoneinfo")
        self._store.set_wasi(system)
        linker = wasmtime.Linker(self._engine)
        linker.define_wasi()
        exports: Any = linker.instantiate(self._store, self._module).exports(self._store)
        exports["_initialize"](self._store)
        self._exports = exports
        self._functions: dict[str, Any] = {}
        self._generation += 1

    def _exchange(self, name: str, content: bytes) -> bytes:
        allocate, free = self._function("wasm_malloc"), self._function("wasm_free")
        place = allocate(self._store, max(len(content), 1))
        size_place = allocate(self._store, _SIZE_BYTES)
        ctypes.memmove(self._address() + place, content, len(content))
        answer = self._function(name)(self._store, place, len(content), size_place)
        # Not in a `finally`: what failed in the middle is not touched again.
        size = int.from_bytes(self._read(size_place, _SIZE_BYTES), "little")
        found = self._read(answer, size) if answer else b""
        refusal = "" if answer else self._last_error()
        for taken in (answer, place, size_place):
            if taken:
                free(self._store, taken)
        if not answer:
            raise GoogleError(refusal)
        return found

    def _last_error(self) -> str:
        size = self._function("wasm_get_last_error_size")(self._store)
        # It may hold half a letter of the statement.
        return self._read(self._function("wasm_get_last_error")(self._store), size).decode(errors="replace")

    def _function(self, name: str) -> Any:
        if name not in self._functions:
            self._functions[name] = self._exports[name]
        return self._functions[name]

    def _address(self) -> int:
        return ctypes.addressof(self._exports["memory"].data_ptr().contents)

    def _read(self, place: int, size: int) -> bytes:
        return ctypes.string_at(self._address() + place, size)


def compiled_file() -> Path:
    """Where the compiled library is kept."""
    return kept_folder() / f"googlesql-{release()}.cwasm"


def kept_folder() -> Path:
    """The folder for what is worked out once: below the environment, or where that is read-only, below the cache."""
    if os.access(sys.prefix, os.W_OK):
        return Path(sys.prefix) / "share" / "convergence"
    return Path(os.path.expanduser("~/.cache/convergence"))


def release() -> str:
    """A word that differs between any two releases of the library and of what compiles it."""
    parts = f"{_SOURCE.stat().st_size}/{version('zetasql')}/{version('wasmtime')}"
    return hashlib.sha256(parts.encode()).hexdigest()[:16]


def compile_library() -> None:
    """Compile the library unless that was done before."""
    target = compiled_file()
    if not target.exists():
        _compile(_create_engine(), target)


def _create_engine() -> wasmtime.Engine:
    configuration = wasmtime.Config()
    configuration.shared_memory = True
    return wasmtime.Engine(configuration)


def _load_module(engine: wasmtime.Engine) -> wasmtime.Module:
    target = compiled_file()
    if not target.exists():
        print("bigquery: compiling Google's SQL analyzer, once; half a minute", file=sys.stderr)
        _compile(engine, target)
    return wasmtime.Module.deserialize_file(engine, str(target))


def _compile(engine: wasmtime.Engine, target: Path) -> None:
    module = wasmtime.Module.from_file(engine, str(_SOURCE))
    target.parent.mkdir(parents=True, exist_ok=True)
    # Renamed when it is complete, so that a process that starts meanwhile never loads half of it.
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file:
        file.write(module.serialize())
    os.replace(file.name, target)


if __name__ == "__main__":
    compile_library()
