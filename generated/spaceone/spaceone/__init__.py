"""The API spaceone: models, protobuf stubs and a server."""

try:
    from apiscribe_runtime import require
except ModuleNotFoundError as error:
    raise ImportError(
        "the runtime of this package is not installed; run: pip install 'apiscribe-runtime>=0.1,<0.2'"
    ) from error

require("apiscribe-runtime>=0.1,<0.2", __name__)
