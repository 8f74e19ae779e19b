"""Files by the hash of their content: durable, whole, or not there at all."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from app.store import DamagedFileError, FileStore

CONTENT = "確認書".encode() * 1000
NAME = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def files(store: FileStore) -> list[Path]:
    return [path for path in store.folder.rglob("*") if path.is_file()]


def test_what_was_put_is_got_by_its_hash(store: FileStore) -> None:
    assert store.put(CONTENT) == NAME
    assert store.get(NAME) == CONTENT
    assert store.get(store.put(b"")) == b""


def test_the_same_content_is_kept_once_and_left_untouched(store: FileStore) -> None:
    store.put(CONTENT)
    (file,) = files(store)
    before = file.stat().st_ino
    assert store.put(CONTENT) == NAME
    assert files(store) == [file]
    assert file.stat().st_ino == before


def test_other_content_has_another_name(store: FileStore) -> None:
    names = {store.put(bytes([number])) for number in range(20)}
    assert len(names) == len(files(store)) == 20


def test_a_file_that_is_not_there_is_told(store: FileStore) -> None:
    with pytest.raises(FileNotFoundError):
        store.get(NAME)


@pytest.mark.parametrize("damage", [b"", CONTENT[:-1], CONTENT + b"\n", CONTENT.replace(b"\xe7", b"\xe8", 1)])
def test_a_damaged_file_is_never_given_out(store: FileStore, damage: bytes) -> None:
    store.put(CONTENT)
    files(store)[0].write_bytes(damage)
    with pytest.raises(DamagedFileError, match=NAME):
        store.get(NAME)


def test_putting_a_file_again_heals_a_damaged_one(store: FileStore) -> None:
    """To acknowledge what cannot be got again would lose it."""
    store.put(CONTENT)
    files(store)[0].write_bytes(b"damaged")
    assert store.put(CONTENT) == NAME
    assert store.get(NAME) == CONTENT


def test_a_name_that_leads_elsewhere_gives_nothing_out(store: FileStore, tmp_path: Path) -> None:
    store.put(CONTENT)
    (tmp_path / "secret").write_text("secret")
    with pytest.raises(OSError, match=r"secret"):
        store.get("../../secret")


# run in its own process: the limit would hold for the tests too
_FULL_DISK = """
import resource, sys
from pathlib import Path
from app.store import FileStore
store = FileStore(Path(sys.argv[1]))
small = store.put(b"small")
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    store.put(b"x" * 1_000_000)
except OSError as error:
    print(type(error).__name__, error.errno)
else:
    sys.exit("the disk took it")
assert store.get(small) == b"small"
"""


def test_a_disk_that_refuses_leaves_nothing_half_written(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", _FULL_DISK, str(folder)], cwd=root, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split()[0] == "OSError"
    assert [path.read_bytes() for path in files(FileStore(folder))] == [b"small"]


def test_a_place_where_no_folder_can_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("a file where the folder should be")
    with pytest.raises(NotADirectoryError):
        FileStore(tmp_path / "files").put(CONTENT)
