"""The API spaceone: models, protobuf stubs and a server."""
