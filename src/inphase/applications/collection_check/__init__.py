"""What is wrong with a collection, before hours are spent on it."""

from inphase.results.formats import Formats

FORMATS = Formats(None, {".json": "everything that was found"})
