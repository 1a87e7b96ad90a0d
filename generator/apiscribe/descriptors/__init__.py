"""Descriptors → Api: what `.proto` files declare, in the words of the model."""

from apiscribe.descriptors.api import api_of
from apiscribe.descriptors.read import DescriptorsError, read_descriptors

__all__ = ["DescriptorsError", "api_of", "read_descriptors"]
