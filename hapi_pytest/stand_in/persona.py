"""Who the stand-in is: how well it works."""

import msgspec

from hapi_pytest.draw import Draw


class Persona(msgspec.Struct, frozen=True, kw_only=True):
    """A way of working, as chances between 0 and 1."""

    name: str
    skill: float
    """Chance that a first hand-in has no flaw."""
    understanding: float
    """Chance that a reviewer's note is understood."""
    luck: float
    """Chance that a blind retry mends a flaw."""
    clumsiness: float
    """Chance that a revision breaks something that was right."""

    def draw(self, *what: object) -> Draw:
        """Return the draws for one matter: the same persona and matter always decide the same."""
        return Draw("|".join(map(str, (self.name, *what))))


STAND_IN = Persona(name="stand-in", skill=0.4, understanding=0.85, luck=0.2, clumsiness=0.1)
JUNIOR = Persona(name="stand-in-junior", skill=0.15, understanding=0.6, luck=0.1, clumsiness=0.25)


def persona(model: str) -> Persona:
    """Return who answers under a model's name."""
    return JUNIOR if "junior" in model else STAND_IN
