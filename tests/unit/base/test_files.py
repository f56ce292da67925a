"""Output files are whole or not there; a cache is a directory or nothing."""

import os
import sys
from pathlib import Path

import pytest

from splx.base import atomic, dirs
from splx.base.diagnostics import SplxError


def test_a_file_is_created_with_ordinary_permissions(tmp_path):
    atomic.write_text(tmp_path / "a", "é")
    (tmp_path / "plain").touch()
    assert (tmp_path / "a").read_bytes() == "é".encode()
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_file_is_replaced_and_keeps_its_permissions(tmp_path):
    target = tmp_path / "a"
    target.write_text("old")
    target.chmod(0o640)
    atomic.write_bytes(target, b"new")
    assert target.read_text() == "new"
    assert target.stat().st_mode & 0o777 == 0o640


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "link").symlink_to("real")
    atomic.write_text(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(tmp_path, error):
    target = tmp_path / "a"
    target.write_text("old")

    def write_half():
        with atomic.replacing(target) as file:
            file.write(b"half")
            raise error

    with pytest.raises(error):
        write_half()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_pipe_is_written_in_place(tmp_path):
    reader, writer = os.pipe()
    atomic.write_text(f"/dev/fd/{writer}", "through")
    os.close(writer)
    assert os.read(reader, 100) == b"through"
    os.close(reader)


def test_whether_a_file_can_be_written_is_known_before_there_is_anything_to_write(tmp_path):
    (tmp_path / "old").write_text("old")
    for name in ("old", "new"):
        atomic.check_place(tmp_path / name)
    atomic.check_place("/dev/null")
    assert [each.name for each in tmp_path.iterdir()] == ["old"]
    assert (tmp_path / "old").read_text() == "old"
    with pytest.raises(SplxError, match="cannot be written: no such file or directory"):
        atomic.check_place(tmp_path / "none" / "new")


def test_a_refusal_of_the_system_is_a_diagnostic(tmp_path):
    with pytest.raises(SplxError) as caught:
        atomic.write_text(tmp_path / "none" / "a", "x")
    [diagnostic] = caught.value.diagnostics
    assert diagnostic.code == "S0002"
    assert diagnostic.message == f"`{tmp_path / 'none' / 'a'}` cannot be written: no such file or directory"


@pytest.fixture
def no_cache_variables(monkeypatch):
    for name in ("SPLX_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_our_own_variable_comes_first(no_cache_variables, tmp_path):
    no_cache_variables.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    no_cache_variables.setenv("SPLX_CACHE", str(tmp_path / "ours" / "deep"))
    assert dirs.cache_dir() == tmp_path / "ours" / "deep"
    assert (tmp_path / "ours" / "deep").is_dir()


def test_then_xdg(no_cache_variables, tmp_path):
    no_cache_variables.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert dirs.cache_dir() == tmp_path / "splx"


@pytest.mark.parametrize(("platform", "variables", "place"), [
    ("linux", {}, "home/.cache/splx"),
    ("linux", {"XDG_CACHE_HOME": "relative"}, "home/.cache/splx"),
    ("darwin", {}, "home/Library/Caches/splx"),
    ("win32", {"LOCALAPPDATA": "home/local"}, "home/local/splx"),
])  # fmt: skip
def test_then_the_platforms_place(no_cache_variables, tmp_path, platform, variables, place):
    no_cache_variables.chdir(tmp_path)
    no_cache_variables.setattr(sys, "platform", platform)
    no_cache_variables.setattr(Path, "home", lambda: tmp_path / "home")
    for name, value in variables.items():
        no_cache_variables.setenv(name, str(tmp_path / value) if name == "LOCALAPPDATA" else value)
    assert dirs.cache_dir() == tmp_path / place


def test_an_empty_variable_switches_the_cache_off(no_cache_variables):
    no_cache_variables.setenv("SPLX_CACHE", "")
    assert dirs.cache_dir() is None


def test_an_unusable_cache_is_no_error(no_cache_variables, tmp_path):
    (tmp_path / "file").touch()
    no_cache_variables.setenv("SPLX_CACHE", str(tmp_path / "file" / "cache"))
    assert dirs.cache_dir() is None


def test_no_home_is_no_error(no_cache_variables):
    def homeless():
        raise RuntimeError

    no_cache_variables.setattr(Path, "home", homeless)
    assert dirs.cache_dir() is None
