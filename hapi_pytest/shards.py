"""Shards: the parts that a run's projects are cut into, the same on every machine."""

from hapi_pytest.digests import raw_digest


def shard_of(project: str, of: int) -> int:
    """Return which of so many parts a project falls to, from 1; its id alone decides, whatever other projects exist."""
    return int(raw_digest(project.encode()), 16) % of + 1
