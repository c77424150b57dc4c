"""What one check of the suite itself came to."""

import msgspec


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One check of one project variant."""

    project: str
    variant: int
    check: str
    """lint, reference, equivalents, flaws, or an adversary's name."""
    passed: int = 0
    """Criteria that passed; for equivalents the accepted forms, for flaws those that fail every criterion they name."""
    of: int = 0
    haul: int = 0
    """Hidden things that the thief came home with."""
    problems: tuple[str, ...] = ()
    """What does not hold, each with its file, line and fix."""
