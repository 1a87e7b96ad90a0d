"""Stubs of handlers, in new files only: existing files belong to the project."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from apiscribe.emit import Output
from apiscribe.emit.encoders import Encoded, docstring, name, python_literal
from apiscribe.emit.handlers.answers import Answers, who_answers
from apiscribe.emit.python_classes import ModelClasses
from apiscribe.emit.python_files import format_modules
from apiscribe.emit.templates import render
from apiscribe.model.api import Api, Method, Service
from apiscribe.model.names import python_attribute, python_module, snake, unique

_UNTIL = {
    Answers.EXAMPLE: Encoded("Not written yet: the server returns the example in the page."),
    Answers.HANDLER: Encoded("Not written yet: the method is UNIMPLEMENTED."),
}
# Name that a file of stubs may import → its module in the runtime.
_RUNTIME = {
    "Call": "handlers",
    "Empty": "messages",
    "JsonObject": "handlers",
    "OpaqueMessage": "messages",
    "Rows": "rows",
    "implements": "handlers",
    "not_implemented": "errors",
}
_MAX_STEM = 80  # characters of a service or method in a file name: file systems allow 255 bytes


@dataclass(frozen=True)
class _StubView:
    method: Encoded
    function: Encoded
    request: Encoded
    rows: Encoded
    response: Encoded
    description: Encoded
    until: Encoded
    body: Encoded


def missing_stubs(api: Api, files: Collection[str], handled: Collection[str]) -> list[Output]:
    """Return the new files of a folder with the Python `files` and with handlers of the `handled`
    methods: a stub for each other method without an implementation.

    The first file of a service contains all its stubs; each later stub has its own file. An empty
    folder gets a file for each service, with or without stubs.
    """
    answers, stems = who_answers(api), _file_stems(api)
    texts = {} if "__init__.py" in files else {"__init__.py": str(_describe_folder(api))}
    for _, service in api.services():
        full_names = {f"{service.full_name}.{m.name}": m for m in service.methods}
        missing = {n: m for n, m in full_names.items() if answers[n] in _UNTIL and n not in handled}
        first = f"{stems[service.full_name]}.py"
        if first not in files and (missing or not files):
            standard = [m.name for n, m in full_names.items() if answers[n] is Answers.ITSELF]
            description = _describe_service(service, standard)
            texts[first] = _Stubs(api, service, answers).text(description, missing)
        elif missing:
            for full_name, method in missing.items():
                stem = f"{stems[service.full_name]}_{snake(method.name)[:_MAX_STEM]}"
                taken = {path.removesuffix(".py") for path in (*files, *texts)}
                description = docstring(f"A handler of a new method of {service.full_name}.")
                text = _Stubs(api, service, answers).text(description, {full_name: method})
                texts[f"{unique(stem, taken)}.py"] = text
    return format_modules([Output.text(path, text) for path, text in texts.items()])


def _describe_folder(api: Api) -> Encoded:
    return docstring(
        f"Handlers of {api.name}: functions that implement its methods. apiscribe adds files for"
        " new methods, and never changes an existing file."
    )


def _describe_service(service: Service, standard: Sequence[str]) -> Encoded:
    """Return the docstring of a service's first file."""
    paragraphs = [f"Handlers of {service.full_name}."]
    if standard:
        paragraphs += [
            f"When this file was written, the server implemented {', '.join(standard)}. A handler"
            " replaces the server's implementation, and can call it: `await call.default(request)`."
        ]
    paragraphs += [f"`apiscribe explain {service.full_name}` shows the current state."]
    return docstring("\n\n".join(paragraphs))


def _file_stems(api: Api) -> dict[str, str]:
    """Return full name of a service → the stem of its file: its name, after as many parts of its
    package as are necessary for a unique stem.
    """
    services = [service for _, service in api.services()]
    result: dict[str, str] = {}
    for service in services:
        same_name = [other for other in services if snake(other.name) == snake(service.name)]
        stems = [_stem(service, count) for count in range(service.full_name.count(".") + 1)]
        distinct = (
            stem
            for count, stem in enumerate(stems)
            if [_stem(other, count) for other in same_name].count(stem) == 1
        )
        result[service.full_name] = unique(next(distinct, stems[-1]), result.values())
    return result


def _stem(service: Service, count: int) -> str:
    """Return the last `count` parts of the service's package and its name, as a module name."""
    parts = service.full_name.split(".")[-1 - count :]
    return python_module("_".join(map(snake, parts))[-_MAX_STEM:].lstrip("_0123456789"))


class _Stubs:
    """Writes the stubs of a file, and collects its imports."""

    def __init__(self, api: Api, service: Service, answers: dict[str, Answers]) -> None:
        self.api, self.service, self.answers = api, service, answers
        self.models = ModelClasses.of_api(api)
        self.taken: set[str] = {*_RUNTIME, "AsyncIterator"}
        self.streams = False
        self.runtime = {"Call", "JsonObject", "implements"}
        self.classes: dict[tuple[str, str], str] = {}  # module and class → its name in this file

    def text(self, description: Encoded, methods: dict[str, Method]) -> str:
        """Return the file with the stubs of methods, by full name."""
        functions = {}
        for full_name, method in methods.items():
            functions[full_name] = unique(python_attribute(method.name), self.taken)
            self.taken.add(functions[full_name])
        stubs = [self.stub(n, method, functions[n]) for n, method in methods.items()]
        imports = list(self.imports()) if stubs else []
        return render(
            "handlers/service.py.j2", description=description, imports=imports, stubs=stubs
        )

    def stub(self, full_name: str, method: Method, function: str) -> _StubView:
        if self.service.resource:
            self.runtime.add("Rows")
        return _StubView(
            method=python_literal(full_name),
            function=name(function),
            request=self.request(method),
            rows=Encoded("Rows" if self.service.resource else "None"),
            response=self.response(method.response),
            description=docstring(method.description or f"Implement {method.name}.", 4),
            until=_UNTIL[self.answers[full_name]],
            body=self.body(method),
        )

    def request(self, method: Method) -> Encoded:
        model = self.model(method.request, "OpaqueMessage")
        if not method.request_streams:
            return model
        self.streams = True
        return Encoded(f"AsyncIterator[{model}]")

    def body(self, method: Method) -> Encoded:
        """Return the body of a stub. The server has no default for a stream of requests."""
        if not method.request_streams:
            return Encoded("return await call.default(request)")
        self.runtime.add("not_implemented")
        return Encoded("raise not_implemented(call.method)")

    def response(self, full_name: str) -> Encoded:
        """Return the type of a response: a model, if there is one, or a JSON object."""
        model = self.model(full_name, "JsonObject")
        return model if model == "JsonObject" else Encoded(f"{model} | JsonObject")

    def model(self, full_name: str, otherwise: str) -> Encoded:
        """Return the name of a message's model in this file."""
        if full_name not in self.models.classes:
            runtime_type = "Empty" if full_name == "google.protobuf.Empty" else otherwise
            self.runtime.add(runtime_type)
            return name(runtime_type)
        class_ = self.models.classes[full_name]
        module = ".".join((self.api.name, *self.models.modules[full_name].parts))
        if (module, class_) not in self.classes:
            self.classes[module, class_] = unique(class_, self.taken)
            self.taken.add(self.classes[module, class_])
        return name(self.classes[module, class_])

    def imports(self) -> Iterator[Encoded]:
        """Yield the import statements of the stubs, in the order of isort."""
        if self.streams:
            yield Encoded("from collections.abc import AsyncIterator\n")
        runtime = {(f"apiscribe_runtime.{_RUNTIME[type_]}", type_): type_ for type_ in self.runtime}
        yield from _import_statements(runtime)
        if self.classes:
            yield Encoded("")
        yield from _import_statements(self.classes)


def _import_statements(imported: Mapping[tuple[str, str], str]) -> Iterator[Encoded]:
    """Yield the imports of names: module and name → the name in this file."""
    for module in sorted({module for module, _ in imported}):
        names = sorted((n for m, n in imported if m == module), key=_order)
        plain = [n for n in names if imported[module, n] == n]
        renamed = [n for n in names if n not in plain]
        for first in sorted([*plain[:1], *renamed], key=_order):
            yield Encoded(
                f"from {name(module)} import {name(first)} as {name(imported[module, first])}"
                if first in renamed
                else f"from {name(module)} import {', '.join(map(name, plain))}"
            )


def _order(imported: str) -> tuple[int, str, str]:
    """Return the sort key of isort and ruff: constants, then classes, then other names."""
    kind = 0 if imported.isupper() and len(imported) > 1 else 1 if imported[0].isupper() else 2
    return kind, imported.lower(), imported
