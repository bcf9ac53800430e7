"""One task run is one job, whatever happens to it: each event of the table in a real Airflow."""

from events import EVENTS
from play import Key, Played
from scene import OURS


def test_what_is_counted(version: str, key: Key, played: dict[str, dict[Key, Played]]) -> None:
    one = played[version][key]
    if key.operator == OURS:
        assert (one.trouble, one.counts) == ("", EVENTS[key.event].wanted_on(version))
    else:  # measured, not judged
        assert one.counts.made
