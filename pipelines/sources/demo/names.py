"""Made-up people and companies; nobody is meant."""

import numpy as np

FIRST_NAMES = (
    "Ada", "Björn", "Chloé", "Dževad", "Eoin", "Fatou", "Gül", "Håkon", "İpek", "João", "Katarzyna", "Léa", "Małgorzata",
    "Nguyễn", "Ólafur", "Paloma", "Quentin", "Ruža", "Søren", "Thándiwe", "Ümit", "Víctor", "Wanjiru", "Xóchitl", "Yūki",
    "Zoë", "さくら", "Ольга", "Ἑλένη", "美玲",
)  # fmt: skip
LAST_NAMES = (
    "Abendroth", "Brännström", "Castañeda", "D'Ambrosio", "Ęcki", "Fjord-Hansen", "Güneş", "Hämäläinen", "Ito", "Jørstad",
    "Kowalczyk", "L'Écuyer", "Müßig", "N'Diaye", "O'Toole", "Příhoda", "Quispe", "Rădulescu", "Szőke", "Þórsdóttir",
    "Ünal", "Vélez", "Wójcik", "Xu", "Yılmaz", "Żurek", "山田", "Петрова",
)  # fmt: skip
COMPANY_STARTS = (
    "Acorn", "Bluffwerk", "Café Noir", "Dreamt-Up", "Élan", "Fictiva", "Gråsten", "Halbmond", "Imagina", "Jötunn", "Kwark",
    "Luftschloss", "Müllers'", "Nowhere", "O'Nothing", "Phantom", "Quasi", "Río Seco", "Søkind", "Tortuga", "Übermorgen",
    "Vapeur", "Wunschdenken", "Zanzi", "Ромашка", "架空",
)  # fmt: skip
COMPANY_MIDDLES = (
    "Bicycle", "Cheese", "Cloud", "Dental", "Ferry", "Glass", "Honey", "Kite", "Lamp", "Marble", "Noodle", "Optics", "Paper",
    "Robot", "Soap", "Teapot", "Umbrella", "Wind",
)  # fmt: skip
COMPANY_ENDS = ("GmbH", "SARL", "Ltd", "Inc", "S.A.", "Sp. z o.o.", "AB", "& Söhne", "Kft.", "株式会社")

PEOPLE = tuple(f"{first} {last}" for first in FIRST_NAMES for last in LAST_NAMES)


def company_names(count: int) -> list[str]:
    """Names for so many accounts, all different: when the words are used up, a number is added."""
    parts = (COMPANY_STARTS, COMPANY_MIDDLES, COMPANY_ENDS)
    every = np.prod([len(part) for part in parts])
    # A step without a common divisor with the number of names visits each of them once before it repeats.
    places = np.arange(count) * 2_741 % every
    starts, rest = np.divmod(places, len(COMPANY_MIDDLES) * len(COMPANY_ENDS))
    middles, ends = np.divmod(rest, len(COMPANY_ENDS))
    again = np.arange(count) // every
    return [
        f"{COMPANY_STARTS[start]} {COMPANY_MIDDLES[middle]} {COMPANY_ENDS[end]}" + (f" {number + 1}" if number else "")
        for start, middle, end, number in zip(starts, middles, ends, again, strict=True)
    ]
