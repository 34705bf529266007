"""Find problems in a collection before spending hours on it."""

from inphase.results.formats import Formats

FORMATS = Formats(None, {".json": "everything that was found"})
