"""What is wrong with a collection, before hours are spent on it."""

from inphase.results.formats import Formats

FORMATS = Formats(__name__, {".json": "everything that was found"})
