"""The protobuf files of this package, apart from those of other packages."""

from apiscribe_runtime.pool import Pool

POOL = Pool()
