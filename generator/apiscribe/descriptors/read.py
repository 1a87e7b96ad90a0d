"""Folders of `.proto` files, and files of descriptors, as an Api."""

from __future__ import annotations

from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.message import DecodeError

from apiscribe.descriptors.api import api_of
from apiscribe.ir import Api
from apiscribe.protoc import ProtocError, compile_folder


class DescriptorsError(Exception):
    """A file or folder that holds no descriptors; the text says why."""


def read_descriptors(place: Path) -> Api:
    """The Api of a folder of `.proto` files, which is their import root, or of a file that holds a
    FileDescriptorSet. Raises DescriptorsError.
    """
    try:
        if place.is_dir():
            paths = sorted(file.relative_to(place).as_posix() for file in place.rglob("*.proto"))
            return api_of(place.name, compile_folder(place, paths, with_places=True).values())
        return api_of(place.stem, FileDescriptorSet.FromString(place.read_bytes()).file)
    except (DecodeError, ProtocError) as error:
        raise DescriptorsError(str(error)) from error
