"""What one check of the suite itself came to."""

import msgspec


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One check of one project variant."""

    project: str
    variant: int
    check: str
    """lint, reference, equivalents, flaws, or an adversary's name."""
    passed: int = 0
    """Criteria that passed; for equivalents the accepted forms, for flaws the criteria that one of them failed."""
    of: int = 0
    haul: int = 0
    """Hidden things that the thief came home with."""
    problems: tuple[str, ...] = ()
    """What does not hold."""
