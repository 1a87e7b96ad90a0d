"""The API cloudforet: models, protobuf stubs and a server."""
