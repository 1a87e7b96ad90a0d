"""The stubs of handlers: new files alone. A file that stands is somebody's, and is left alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from apiscribe.emit import Output
from apiscribe.emit.encoders import Encoded, docstring, name, python_literal
from apiscribe.emit.handlers.answers import Answers, who_answers
from apiscribe.emit.layout import by_black
from apiscribe.emit.python_classes import ModelClasses
from apiscribe.emit.templates import render
from apiscribe.model.api import Api, Method, Service
from apiscribe.model.names import python_attribute, python_module, snake, unique

_UNTIL = {
    Answers.EXAMPLE: Encoded("Not written yet: the server shows the example of the page."),
    Answers.HANDLER: Encoded("Not written yet: the method is UNIMPLEMENTED."),
}
# What a file of stubs may import of the runtime, and from where.
_RUNTIME = {
    "Call": "handlers",
    "Empty": "messages",
    "JsonObject": "handlers",
    "OpaqueMessage": "messages",
    "Rows": "rows",
    "implements": "handlers",
    "not_implemented": "errors",
}
_LONGEST = 80  # of what a file is named for: a name may have 255 bytes in all


@dataclass(frozen=True)
class _StubView:
    method: Encoded
    function: Encoded
    request: Encoded
    rows: Encoded
    response: Encoded
    about: Encoded
    until: Encoded
    body: Encoded


def missing_stubs(api: Api, files: Collection[str], handled: Collection[str]) -> list[Output]:
    """The files to be added to a folder that has the Python `files`, and handlers of the `handled`
    methods: a stub for each other method that the server does not answer by itself.

    A service's first file holds all its stubs; later ones are files of their own. A folder without
    files gets one for each service, stubs or not. Raises AnswersError.
    """
    answers, stems = who_answers(api), _file_stems(api)
    texts = {} if "__init__.py" in files else {"__init__.py": str(_about_folder(api))}
    for _, service in api.services():
        full_names = {f"{service.full_name}.{m.name}": m for m in service.methods}
        missing = {n: m for n, m in full_names.items() if answers[n] in _UNTIL and n not in handled}
        first = f"{stems[service.full_name]}.py"
        if first not in files and (missing or not files):
            own = [m.name for n, m in full_names.items() if answers[n] is Answers.ITSELF]
            texts[first] = _Stubs(api, service, answers).text(_about(service, own), missing)
        elif missing:
            for full_name, method in missing.items():
                stem = f"{stems[service.full_name]}_{snake(method.name)[:_LONGEST]}"
                taken = {path.removesuffix(".py") for path in (*files, *texts)}
                about = docstring(f"A handler of {service.full_name}, for a method that is new.")
                text = _Stubs(api, service, answers).text(about, {full_name: method})
                texts[f"{unique(stem, taken)}.py"] = text
    return [Output.text(path, by_black(text)) for path, text in texts.items()]


def _about_folder(api: Api) -> Encoded:
    return docstring(
        f"Handlers of {api.name}: what its own people write for its methods. apiscribe adds files"
        " for methods that are new, and changes none that stands."
    )


def _about(service: Service, own: Sequence[str]) -> Encoded:
    """What is written at the head of a service's first file."""
    said = [f"Handlers of {service.full_name}."]
    if own:
        said += [
            f"The server answered {', '.join(own)} by itself when this file was written. A handler"
            " comes before that: write one likewise, and in it `await call.default(request)` gives"
            " the server's own answer."
        ]
    said += [f"`apiscribe explain {service.full_name}` tells how it is now."]
    return docstring("\n\n".join(said))


def _file_stems(api: Api) -> dict[str, str]:
    """Full name of a service → the stem of its file: its name, behind as many parts of its package
    as tell it from others of that name.
    """
    services = [service for _, service in api.services()]
    found: dict[str, str] = {}
    for service in services:
        alike = [each for each in services if snake(each.name) == snake(service.name)]
        stems = [_stem(service, count) for count in range(service.full_name.count(".") + 1)]
        told = (s for n, s in enumerate(stems) if [_stem(a, n) for a in alike].count(s) == 1)
        found[service.full_name] = unique(next(told, stems[-1]), found.values())
    return found


def _stem(service: Service, count: int) -> str:
    """The service's name behind the last `count` parts of its package, as a module is named."""
    parts = service.full_name.split(".")[-1 - count :]
    return python_module("_".join(map(snake, parts))[-_LONGEST:].lstrip("_0123456789"))


class _Stubs:
    """Makes the stubs of one file, and notes what it has to import."""

    def __init__(self, api: Api, service: Service, answers: dict[str, Answers]) -> None:
        self.api, self.service, self.answers = api, service, answers
        self.models = ModelClasses.of_api(api)
        self.taken: set[str] = {*_RUNTIME, "AsyncIterator"}
        self.streams = False
        self.runtime = {"Call", "JsonObject", "implements"}
        self.classes: dict[tuple[str, str], str] = {}  # module and class → its name in this file

    def text(self, about: Encoded, methods: dict[str, Method]) -> str:
        """The file with the stubs of methods, by full name."""
        functions = {}
        for full_name, method in methods.items():
            functions[full_name] = unique(python_attribute(method.name), self.taken)
            self.taken.add(functions[full_name])
        stubs = [self.stub(n, method, functions[n]) for n, method in methods.items()]
        imports = list(self.imports()) if stubs else []
        return render("handlers/service.py.j2", about=about, imports=imports, stubs=stubs)

    def stub(self, full_name: str, method: Method, function: str) -> _StubView:
        if self.service.resource:
            self.runtime.add("Rows")
        return _StubView(
            method=python_literal(full_name),
            function=name(function),
            request=self.request(method),
            rows=Encoded("Rows" if self.service.resource else "None"),
            response=self.response(method.response),
            about=docstring(method.description or f"Answers {method.name}.", 4),
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
        """What a stub does. No server has an answer of its own to a stream of requests."""
        if not method.request_streams:
            return Encoded("return await call.default(request)")
        self.runtime.add("not_implemented")
        return Encoded("raise not_implemented(call.method)")

    def response(self, full_name: str) -> Encoded:
        """The types of an answer: a model, where there is one, or a JSON object."""
        model = self.model(full_name, "JsonObject")
        return model if model == "JsonObject" else Encoded(f"{model} | JsonObject")

    def model(self, full_name: str, otherwise: str) -> Encoded:
        """The name of a message's model in this file."""
        if full_name not in self.models.classes:
            found = "Empty" if full_name == "google.protobuf.Empty" else otherwise
            self.runtime.add(found)
            return name(found)
        class_ = self.models.classes[full_name]
        module = ".".join((self.api.name, *self.models.modules[full_name].parts))
        if (module, class_) not in self.classes:
            self.classes[module, class_] = unique(class_, self.taken)
            self.taken.add(self.classes[module, class_])
        return name(self.classes[module, class_])

    def imports(self) -> Iterator[Encoded]:
        """The statements that import what the stubs use, as isort orders them."""
        if self.streams:
            yield Encoded("from collections.abc import AsyncIterator\n")
        wanted = dict(self.classes)
        for each in self.runtime:
            wanted[f"{self.api.name}.runtime.{_RUNTIME[each]}", each] = each
        for module in sorted({module for module, _ in wanted}):
            names = sorted((n for m, n in wanted if m == module), key=_order)
            plain = [each for each in names if wanted[module, each] == each]
            renamed = [each for each in names if each not in plain]
            for first in sorted([*plain[:1], *renamed], key=_order):
                yield Encoded(
                    f"from {name(module)} import {name(first)} as {name(wanted[module, first])}"
                    if first in renamed
                    else f"from {name(module)} import {', '.join(map(name, plain))}"
                )


def _order(imported: str) -> tuple[int, str, str]:
    """Constants, then classes, then the rest, as isort and ruff sort what is imported."""
    kind = 0 if imported.isupper() and len(imported) > 1 else 1 if imported[0].isupper() else 2
    return kind, imported.lower(), imported
