from pathlib import Path

import pytest
from room import BASE, Room


@pytest.fixture
def room(tmp_path: Path) -> Room:
    room = Room(tmp_path)
    room.write("base.yaml", BASE)
    return room
