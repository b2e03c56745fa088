"""What the benches say: about a minute, one long sentence, and as many different sentences as wanted."""

MINUTE = """The old harbour wakes before the town does. Long before the first bus, a man in a blue coat walks
down to the quay, counts the boats, and writes the number in a small book that he has carried for
thirty years. Nobody asked him to do it. He began on a morning when the fog was so thick that two
boats could not find their way home, and he has never found a good reason to stop. By seven o'clock
the bakery has opened its doors, and the smell of warm bread moves slowly up the hill, from house to
house, like a rumour. Children are told to hurry. A dog, who belongs to everybody, waits outside the
school and is given the corner of a sandwich. At noon the ferry comes in with the post, eleven
passengers, and a piano that somebody ordered in the spring and had almost forgotten. Six people
carry it through the market, resting at every second corner, while others give advice. In the
evening it stands by an open window. The man in the blue coat passes on his way home and hears one
careful note, and then another. He takes out his book, thinks for a while, and writes that down as
well."""
MINUTE = " ".join(MINUTE.split())

LONG_SENTENCE = """When the first snow of the year had covered the road between the two villages, the doctor, who had
never been known to miss a visit, tied her bag to an old wooden sledge, wrapped a red scarf twice
around her neck, and walked the whole way through the silent forest, singing under her breath so
that she would not lose the rhythm of her steps, as her grandmother had taught her when she was a
little girl"""
LONG_SENTENCE = " ".join(LONG_SENTENCE.split()) + "."

SENTENCE = "The train to the coast leaves from platform four in twenty minutes."

_WHO = [
    "The gardener",
    "My neighbour",
    "A young engineer",
    "The captain",
    "Our teacher",
    "The old librarian",
    "A quiet child",
    "The baker",
]
_DID = ["painted", "repaired", "remembered", "photographed", "described", "borrowed", "measured", "carried home"]
_WHAT = [
    "a green bicycle",
    "the narrow bridge",
    "seven empty bottles",
    "the map of the island",
    "an enormous clock",
    "the broken lantern",
    "two letters from abroad",
]
_WHEN = [
    "before breakfast",
    "in the middle of the night",
    "without saying a word",
    "for the third time this week",
    "because it had begun to rain",
    "and nobody noticed",
]


def sentence(index: int) -> str:
    """A different sentence of two to five seconds for every index below 2,688; then the same ones again."""
    who, index = _WHO[index % 8], index // 8
    did, index = _DID[index % 8], index // 8
    what, index = _WHAT[index % 7], index // 7
    return f"{who} {did} {what} {_WHEN[index % 6]}."
