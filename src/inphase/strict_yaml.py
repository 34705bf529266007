"""YAML from people: plain values of a sensible size, and nothing that YAML does behind one's back.

Aliases may multiply a file of a few lines into gigabytes, so their copies count. Dates stay text,
as no setting is one.
"""

from typing import Any

import yaml

from inphase.errors import ConfigError

MOST_CHARACTERS = 1_000_000
_MOST_VALUES = 1_000_000
_LONGEST_REASON = 300
_DEEPEST = 20
_MOST_BITS = 64


class _Loader(yaml.SafeLoader):
    """Reads no dates, and refuses a key that comes twice and numbers of more than 64 bits."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        told: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in told:
                raise ValueError(f"the key `{key.value}` comes twice")
            told.add(key.value if isinstance(key, yaml.ScalarNode) else "")
        return super().construct_mapping(node, deep=deep)

    def construct_yaml_int(self, node: yaml.ScalarNode) -> int:
        number: int = super().construct_yaml_int(node)
        if number.bit_length() > _MOST_BITS:
            raise ValueError(f"a number has more than {_MOST_BITS} bits")
        return number


_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_yaml_int)
_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def parse_yaml(text: str, *, source: str, most: int = MOST_CHARACTERS) -> Any:
    """The plain values of a YAML text.

    Args:
        source: where the text came from, for the message.
        most: maximum number of characters.

    Raises:
        ConfigError: it is not YAML, too large, too deep, or has a value that cannot be read.
    """
    if len(text) > most:
        raise ConfigError(f"{source} has more than {most} characters: it is no configuration.")
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is None:
            return None
        _count(node, source)
        return loader.construct_document(node)
    except yaml.YAMLError as error:
        raise ConfigError(f"{source} cannot be read as YAML: {_reason(error)}.") from error
    except RecursionError as error:
        raise _too_deep(source) from error
    except (ValueError, OverflowError, TypeError) as error:
        raise ConfigError(f"{source} has a value that cannot be read: {_reason(error)}.") from error


def _count(root: yaml.Node, source: str) -> None:
    """Refuse a document that is too deep or too large with every alias written out."""
    waiting = [(root, 1)]
    count = 0
    while waiting:
        node, depth = waiting.pop()
        count += 1
        if depth > _DEEPEST:
            raise _too_deep(source)
        if count > _MOST_VALUES:
            raise ConfigError(
                f"{source} holds more than {_MOST_VALUES} values, with each alias (*) written out: "
                "it is no configuration."
            )
        if isinstance(node, yaml.SequenceNode):
            waiting += [(one, depth + 1) for one in node.value]
        elif isinstance(node, yaml.MappingNode):
            waiting += [(one, depth + 1) for pair in node.value for one in pair]


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()).partition(";")[0][:_LONGEST_REASON]


def _too_deep(source: str) -> ConfigError:
    return ConfigError(
        f"{source} is nested more than {_DEEPEST} levels deep: it is no configuration."
    )
