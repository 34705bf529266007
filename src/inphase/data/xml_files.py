"""XML files of other programs, read without what makes XML dangerous."""

import re
from pathlib import Path
from xml.etree.ElementTree import Element, TreeBuilder, indent, tostring
from xml.parsers import expat

from inphase.data.text_files import read_text
from inphase.errors import CollectionError, printable

# Annotations of hours are a few megabytes; as a tree in memory they are some ten times that.
_MOST_BYTES = 32_000_000
_MOST_ELEMENTS = 1_000_000
_DEEPEST = 50
# Characters that no XML file may hold.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def read_xml(path: Path) -> Element:
    """Read an XML file without a document type: no entities are defined, and no files included.

    Raises:
        CollectionError: the file cannot be read, is not XML, or is too large or too deep.
    """
    try:
        return _parsed(read_text(path, kind="XML", most=_MOST_BYTES))
    except expat.ExpatError as error:
        raise CollectionError(f"{path} is not an XML file: {error}.") from error
    except _RefusedError as error:
        raise CollectionError(f"{path} {error}.") from error


class _RefusedError(Exception):
    pass


def _parsed(text: str) -> Element:
    builder = TreeBuilder()
    depth = count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if depth > _DEEPEST or count > _MOST_ELEMENTS:
            raise _RefusedError("has more elements than labels of a video have")
        builder.start(name, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name)

    def doctype(*_: object) -> None:
        raise _RefusedError("has a document type (DOCTYPE), which labels do not need; remove it")

    # The text is decoded already, whatever its first line says.
    parser = expat.ParserCreate(encoding="utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = doctype
    parser.Parse(text.encode("utf-8"), True)
    return builder.close()


def xml_text(root: Element) -> str:
    """An XML document as text, indented; characters that XML does not have are left out."""
    for element in root.iter():
        element.text = _clean(element.text)
        for name, value in element.items():
            element.set(name, _clean(value) or "")
    indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _clean(text: str | None) -> str | None:
    return None if text is None else _NOT_XML.sub("", printable(text))
