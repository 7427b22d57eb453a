"""Train the course's two small translators, English to French and French to English, from scratch.

    python recipes/translation.py --direction en-fr --out FOLDER

A grammar of our own writes each sentence in both languages at once, over the lexicon recipes/data/translation.toml;
a Marian encoder-decoder learns the map from the pairs. Some word pairs (a noun and an adjective, a verb and its
object, a subject and its verb) never occur in training: only who puts sentences together can translate them.
The cards of the results are course_utils/weights/translation-en-fr/README.md and …-fr-en/README.md.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import re
import tomllib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import loop

LEXICON = tomllib.loads((Path(__file__).parent / "data" / "translation.toml").read_text(encoding="utf-8"))
SEED = 7

# ------------------------------------------------------------------------------------------------ the lexicon


def rows(table: str, width: int) -> list[list[str]]:
    """The lines of a table of the lexicon, split at "|" and filled up to `width` columns."""
    lines = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]
    return [line + [""] * (width - len(line)) for line in lines]


def pairs(table: str) -> list[tuple[str, str]]:
    return [(english, french) for english, french in rows(table, 2)]


def english_s(word: str) -> str:
    """The plural of a noun, or the third person of a verb."""
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    return word + ("es" if re.search(r"(s|x|ch|sh|o)$", word) and word != "photo" else "s")


def french_plural(word: str) -> str:
    if word[-1] in "sxz":
        return word
    return word + ("x" if word.endswith("eau") else "s")


@dataclass(frozen=True)
class Noun:
    english: tuple[str, str]  # singular, plural
    french: tuple[str, str]
    gender: str  # m or f
    kind: str


@dataclass(frozen=True, eq=False)
class Adjective:
    english: str
    french: dict[str, str]  # by gender and number: ms fs mp fp, and "vowel", the form of "un bel homme"
    before: bool
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Verb:
    english: tuple[str, str, str, str]  # base, third person, past, participle
    particle: str  # "at" of "look at"
    infinitive: str
    present: tuple[str, ...]  # je, tu, il, nous, vous, ils
    participle: str
    with_etre: bool
    objects: tuple[str, ...]
    animals: bool  # whether animals do it, too


def read_nouns() -> list[Noun]:
    nouns = []
    for english, french, gender, kind in rows(LEXICON["nouns"], 4):
        one, _, many = english.partition("/")
        un, _, des = french.partition("/")
        nouns.append(Noun((one, many or english_s(one)), (un, des or french_plural(un)), gender, kind))
    return nouns


def read_adjectives() -> list[Adjective]:
    adjectives = []
    for english, forms, side, kinds in rows(LEXICON["adjectives"], 4):
        ms, *rest = forms.split()
        feminine = ms if ms.endswith("e") else ms + "e"
        fs, mp, fp, *vowel = rest or (feminine, french_plural(ms), feminine + "s")
        french = {"ms": ms, "fs": fs, "mp": mp, "fp": fp, "vowel": vowel[0] if vowel else ms}
        adjectives.append(Adjective(english, french, side == "before", tuple(kinds.split())))
    return adjectives


def er_present(infinitive: str) -> tuple[str, ...]:
    """The present of a verb in -er: je mange, nous mangeons; je commence, nous commençons."""
    stem = infinitive[:-2]
    nous = stem + "e" if stem.endswith("g") else stem[:-1] + "ç" if stem.endswith("c") else stem
    return (stem + "e", stem + "es", stem + "e", nous + "ons", stem + "ez", stem + "ent")


def read_verbs() -> list[Verb]:
    verbs = []
    for english, french, objects, animals in rows(LEXICON["verbs"], 4):
        words = english.replace("@", " @").split()
        particle = next((word[1:] for word in words if word.startswith("@")), "")
        base, *past = [word for word in words if not word.startswith("@")]
        regular = base + "d" if base.endswith("e") else re.sub(r"([^aeiou])y$", r"\1i", base) + "ed"
        past = past or [regular, regular]
        infinitive, *forms = french.split()
        with_etre, infinitive = infinitive.endswith("*"), infinitive.rstrip("*")
        *present, participle = forms or (*er_present(infinitive), infinitive[:-2] + "é")
        third = {"have": "has"}.get(base) or english_s(base)
        verbs.append(
            Verb(
                (base, third, *past),
                particle,
                infinitive,
                tuple(present),
                participle,
                with_etre,
                tuple(objects.split()),
                bool(animals),
            )
        )
    return verbs


NOUNS, ADJECTIVES, VERBS = read_nouns(), read_adjectives(), read_verbs()
VERB = {verb.english[0]: verb for verb in VERBS}
TRANSITIVE = [verb for verb in VERBS if verb.objects]
INTRANSITIVE = [verb for verb in VERBS if not verb.objects]
PASSIVE = [verb for verb in TRANSITIVE if not verb.particle and verb.english[0] not in ("want", "have")]
TASTE = ("like", "love", "prefer", "hate")  # "Elle aime le pain": French names the whole kind with the article
STATES = ("want", "have", "know")  # only in the present
NOT_INSIDE = ("bridge", "beach", "island", "station", "farm")  # one is near them, not in them
MAKERS = ("produce", "create", "build", "sell", "buy", "use", "share")  # what a company does
PROFESSIONS = ("teacher", "doctor", "student", "baker", "writer", "engineer")  # "Il est professeur", no article

NAMES = {gender: LEXICON["names"][gender].split() for gender in "mf"}
FAMILIES = LEXICON["names"]["families"].split()
ORGANISATIONS = LEXICON["names"]["organisations"].split(",")
CITIES = pairs(LEXICON["places"]["cities"])
PREPOSITIONS, ON_THINGS = pairs(LEXICON["places"]["prepositions"]), pairs(LEXICON["places"]["on_things"])
FREQUENCY, MANNER, DEGREE = (pairs(LEXICON[name]) for name in ("frequency", "manner", "degree"))
TIMES = {tense: pairs(table) for tense, table in LEXICON["time"].items()}
QUESTIONS = [("why", "pourquoi"), ("when", "quand"), ("how", "comment")]
NUMBERS = [("two", "deux"), ("three", "trois"), ("four", "quatre"), ("five", "cinq")]

# Six persons: je, tu, il, nous, vous, ils. A French "vous" said to one person is "you" in English.
ETRE = ("suis", "es", "est", "sommes", "êtes", "sont")
ETAIT = ("étais", "étais", "était", "étions", "étiez", "étaient")
AVOIR = VERB["have"].present
ALLER = VERB["go"].present
MODALS = {
    "can": ("peux", "peux", "peut", "pouvons", "pouvez", "peuvent"),
    "must": ("dois", "dois", "doit", "devons", "devez", "doivent"),
    "want to": VERB["want"].present,
}
IS = ("am", "are", "is", "are", "are", "are")
WAS = ("was", "were", "was", "were", "were", "were")
POSSESSIVES = {
    "my": ("mon", "ma", "mes"),
    "your": ("ton", "ta", "tes"),
    "your, formal": ("votre", "votre", "vos"),
    "his": ("son", "sa", "ses"),
    "her": ("son", "sa", "ses"),
    "our": ("notre", "notre", "nos"),
    "their": ("leur", "leur", "leurs"),
}

# ------------------------------------------------------------------------------------------- what is held out

# Sentences of the course itself: never in the training data, though the grammar can make them.
HELD_OUT = (
    ("This course is produced by Hugging Face.", "Ce cours est produit par Hugging Face."),
    ("You like this course.", "Tu aimes ce cours."),
    ("You like this course, sir.", "Vous aimez ce cours, monsieur."),
    ("You all like this course.", "Vous aimez ce cours."),
    ("The house is small.", "La maison est petite."),
    ("Do you like this course?", "Est-ce que tu aimes ce cours ?"),
    ("I do not like this course.", "Je n'aime pas ce cours."),
    ("This is a small blue house.", "C'est une petite maison bleue."),
    ("My name is Sylvain and I work at Hugging Face in Brooklyn.",
     "Je m'appelle Sylvain et je travaille chez Hugging Face à Brooklyn."),
)  # fmt: skip
HELD_OUT_PAIRS = {"house+small", "like>course", "produce>course"}


def withheld(pair: str) -> bool:
    """Whether a pair of words (noun+adjective, verb>object, subject<verb) is kept out of training: about 4 in 100."""
    return pair in HELD_OUT_PAIRS or zlib.crc32(pair.encode()) % 100 < 4


@dataclass(frozen=True)
class Example:
    english: str
    french: str
    pairs: frozenset[str]  # the word pairs that make it
    one_way: bool = False  # the English does not tell the French apart: only for French to English

    @property
    def new_pair(self) -> bool:
        return any(withheld(pair) for pair in self.pairs)

    @property
    def held_out(self) -> bool:
        """Not for training: a withheld pair, one sentence in fifty, or a sentence of the course."""
        return self.new_pair or zlib.crc32(self.english.encode()) % 50 == 0 or (self.english, self.french) in HELD_OUT


# ---------------------------------------------------------------------------------------------- the grammar


@dataclass
class Phrase:
    """A noun phrase or pronoun, in both languages; `person` counts je, tu, il, nous, vous, ils."""

    english: str
    french: str
    person: int = 2
    gender: str = "m"
    plural: bool = False
    head: str = ""  # the noun, or the kind of subject, for the pairs
    kind: str = "person"

    @property
    def form(self) -> str:
        return self.gender + ("p" if self.plural else "s")


@dataclass
class Writer:
    """Writes one sentence: the dice, who is spoken to, and what has been used so far."""

    rng: random.Random
    you: str = "tu"  # tu, formal (one person), all (several)
    you_gender: str = "m"
    spoken_to: bool = False  # then "you" is likely
    one_way: bool = False  # "je suis heureuse": English does not say that a woman speaks
    owner: str = ""  # "his" or "her" when the subject is a man or a woman: it decides what "son" means
    pairs: set[str] = field(default_factory=set)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def one(self, items):
        return items[int(self.rng.random() * len(items))]

    def weighted(self, table: dict):
        return self.rng.choices(list(table), list(table.values()))[0]

    # --- noun phrases

    def noun_phrase(self, kinds, **wishes) -> Phrase:
        return self.with_noun(self.one([noun for noun in NOUNS if noun.kind in kinds]), **wishes)

    def with_noun(self, noun, *, articles="the a this my number of", negated=False, plural=None, taste=False) -> Phrase:
        """A noun with its article and adjectives, of the sorts of article named: "one" is "a" without its plural."""
        mass = noun.kind in ("dish", "drink")
        if plural is None:
            plural = not mass and self.chance(0.35)
        weights = {"the": 34, "a": 22, "one": 0 if plural else 22, "this": 16, "my": 16, "number": 5 * plural, "of": 6}
        weights["my"] *= 2 if self.owner else 1
        weights["a"] *= 2 if negated else 1
        if taste:  # "aimer le pain", "aimer les chiens" is to like bread and dogs, not some bread and dogs
            weights["the" if mass or plural else "a"] = 0
        elif negated and plural and noun.french[0] == noun.french[1]:
            weights["a"] = 0  # "pas de cours": one or several?
        article = self.weighted({name: weights[name] for name in articles.split()})
        form = noun.gender + ("p" if plural else "s")
        english, french, ahead = noun.english[plural], noun.french[plural], False
        fitting = [adjective for adjective in ADJECTIVES if noun.kind in adjective.kinds]
        for before in (False, True):
            sort = [adjective for adjective in fitting if adjective.before == before]
            if not sort or not self.chance(0.22):
                continue
            adjective = self.one(sort)
            self.pairs.add(f"{noun.english[0]}+{adjective.english}")
            if before:
                key = "vowel" if form == "ms" and starts_with_vowel(french) else form
                english, french, ahead = f"{adjective.english} {english}", f"{adjective.french[key]} {french}", True
            else:
                english, french = f"{adjective.english} {english}", f"{french} {adjective.french[form]}"
        if article == "of":
            english, french = self.owned(english, french, form)
        else:
            the, le = self.determiner(article, form, french, mass, taste, negated, ahead)
            english, french = f"{the} {english}".strip(), f"{le} {french}"
        return Phrase(english, french, 5 if plural else 2, noun.gender, plural, noun.english[0], noun.kind)

    def determiner(self, article, form, next_word, mass=False, taste=False, negated=False, ahead=False):
        """The article in both languages; `ahead` says that an adjective precedes the noun."""
        column, vowel = {"ms": 0, "fs": 1}.get(form, 2), starts_with_vowel(next_word)
        if article == "the":
            return "the", ("le", "la", "les")[column]
        if article == "this":
            this = "cet" if form == "ms" and vowel else "ce"
            return ("these" if column == 2 else "this"), (this, "cette", "ces")[column]
        if article == "number":
            return self.one(NUMBERS)
        if article == "my":
            # "his" and "her" are rare enough: only a man or a woman as the subject allows them
            owners = (
                ["my", "our", "their"]
                + ["your"] * (3 if self.spoken_to else 1)
                + [self.owner] * (6 if self.owner else 0)
            )
            owner = self.one(owners)
            key = "your, formal" if owner == "your" and self.you != "tu" else owner
            return owner, POSSESSIVES[key][0 if form == "fs" and vowel else column]  # mon école
        if taste:
            return "", ("le", "la", "les")[column]
        if mass:
            return "", "de" if negated else ("de le", "de la")[column]
        english = "" if column == 2 else "a"
        if negated or (column == 2 and ahead):
            return english, "de"  # pas de chien; de petits chiens
        return english, ("un", "une", "des")[column]

    def owned(self, english: str, french: str, form: str) -> tuple[str, str]:
        """Marie's book; the teacher's book; the door of the house."""
        the = {"ms": "le", "fs": "la"}.get(form, "les")
        sort = self.weighted({"name": 4, "person": 3, "place": 2})
        if sort == "name":
            name = self.one(NAMES[self.one("mf")])
            return f"{name}'s {english}", f"{the} {french} de {name}"
        noun = self.one([noun for noun in NOUNS if noun.kind == sort])
        owner, le = self.determiner(self.one(("the", "my", "this")), noun.gender + "s", noun.french[0])
        owner, french = f"{owner} {noun.english[0]}", f"{the} {french} de {le} {noun.french[0]}"
        return (f"{owner}'s {english}" if sort == "person" else f"the {english} of {owner}"), french

    def place(self) -> tuple[str, str]:
        """in the garden, near Marie's house, in Paris"""
        if self.chance(0.2):
            city = self.one(CITIES)
            return f"in {city[0]}", f"à {city[1]}"
        preposition = self.one([("in", "dans")] * 4 + PREPOSITIONS)
        inside = preposition[0] == "in"
        nouns = [n for n in NOUNS if n.kind == "place" and not (inside and n.english[0] in NOT_INSIDE)]
        phrase = self.with_noun(self.one(nouns), articles="the a this my of", plural=self.chance(0.08))
        return f"{preposition[0]} {phrase.english}", f"{preposition[1]} {phrase.french}"

    # --- subjects

    def second_person(self) -> Phrase:
        if self.you == "all":
            return Phrase("you all", "vous", 4, "m", True)
        return Phrase("you", "tu" if self.you == "tu" else "vous", 1 if self.you == "tu" else 4, self.you_gender)

    def subject(self, *, animals=False, things=()) -> Phrase:
        """Who does it; sets the owner that "his" and "her" point back to."""
        weights = {"pronoun": 44, "name": 18, "noun": 26, "title": 5, "two": 5, "animal": 14 if animals else 0}
        if things:
            weights = {"pronoun": 20, "name": 8, "noun": 10, "thing": 62}
        sort = "you" if self.you == "all" else self.weighted(weights)
        gender = self.one("mf")
        if sort == "you":
            phrase = self.second_person()
        elif sort == "pronoun":
            i, we, they = (
                Phrase("I", "je", 0),
                Phrase("we", "nous", 3, plural=True),
                Phrase("they", "ils", 5, plural=True),
            )
            he, she = Phrase("he", "il"), Phrase("she", "elle", gender="f")
            phrase = self.one((i, we, they, he, she, *[self.second_person()] * (4 if self.spoken_to else 1)))
            if phrase.person in (0, 3, 5) and self.chance(0.2):
                self.one_way, phrase.gender, phrase.french = True, "f", phrase.french.replace("ils", "elles")
        elif sort == "name":
            name = self.one(NAMES[gender])
            phrase = Phrase(name, name, gender=gender, head=name)
        elif sort == "title":
            phrase = self.title(gender)
        elif sort == "two":
            first, second = self.one(NAMES[gender]), self.one(NAMES[other := self.one("mf")])
            both = "f" if gender == other == "f" else "m"
            if first == second:
                return self.subject(animals=animals, things=things)
            phrase = Phrase(f"{first} and {second}", f"{first} et {second}", 5, both, True)
        else:
            kinds = {"noun": ("person",), "animal": ("animal",)}.get(sort) or things
            articles = "the this my of number" if kinds == things else "the one this my of number"
            phrase = self.noun_phrase(kinds, articles=articles)
        person = phrase.kind == "person" and phrase.person == 2
        self.owner = {"m": "his", "f": "her"}[phrase.gender] if person else ""
        return phrase

    def title(self, gender: str) -> Phrase:
        family = self.one(FAMILIES)
        english, french = {"m": ("Mr", "monsieur"), "f": ("Mrs", "madame")}[gender]
        return Phrase(f"{english} {family}", f"{french} {family}", gender=gender)

    def organisation(self) -> Phrase:
        name = self.one(ORGANISATIONS)
        return Phrase(name, name, head=name)

    def agent(self, verb: Verb) -> Phrase:
        """By whom: the doer in a passive."""
        sort = self.weighted({"organisation": 8 if verb.english[0] in MAKERS else 0, "name": 3, "noun": 4, "title": 1})
        if sort == "organisation":
            return self.organisation()
        if sort == "name":
            name = self.one(NAMES[self.one("mf")])
            return Phrase(name, name, head=name)
        return self.title(self.one("mf")) if sort == "title" else self.noun_phrase(("person",), articles="the a my")

    # --- clauses

    def tense(self, *names: str) -> str:
        return self.weighted({name: {"present": 44, "past": 26, "future": 14}.get(name, 6) for name in names})

    def time(self, tense: str, share: float = 0.25) -> tuple[str, str]:
        return self.one(TIMES[tense]) if tense in TIMES and self.chance(share) else ("", "")

    def action(self, subject: Phrase | None = None, *, negated=None, what=False) -> Clause:
        """Somebody does something; with `what` the object is left out, because the sentence asks for it."""
        transitive = what or self.chance(0.72)
        verb = self.one(TRANSITIVE if transitive else INTRANSITIVE)
        if verb.english[0] in MAKERS and not subject and self.you != "all" and self.chance(0.15):
            subject = self.organisation()
        subject = subject or self.subject(animals=verb.animals)
        if subject.head:
            self.pairs.add(f"{subject.head}<{verb.english[0]}")
        negated = self.chance(0.2) if negated is None else negated
        state = verb.english[0] in STATES
        # "They read it": now or before? Only "he read" and "did not read" tell.
        past = () if verb.english[0] == "read" and subject.person != 2 else ("past",)
        tense = "present" if state else self.tense("present", *past, "future", *MODALS)
        clause = Clause(subject, *verb_group(verb, tense, subject), negated)
        if tense == "present" and not negated and not state and not what and self.chance(0.2):
            clause.frequency = self.one(FREQUENCY)
        if not transitive:
            ends = [self.complement(verb, clause)]
        else:
            ends = [] if what else [self.object(verb, subject, tense, clause)]
            ends += [self.place()] if self.chance(0.12) else []
        if not clause.frequency:
            ends.append(self.time(tense))
        clause.add(*ends)
        return clause

    def object(self, verb: Verb, subject: Phrase, tense: str, clause: Clause) -> tuple[str, str]:
        """What the verb is done to: a noun phrase, a name, or a pronoun, which French puts before the verb."""
        if "person" in verb.objects and tense == "present" and self.chance(0.35):
            you = {"tu": ("you", "te", 1), "formal": ("you", "vous", 1), "all": ("you all", "vous", 1)}[self.you]
            pronouns = [("me", "me", 0), ("us", "nous", 0), ("them", "les", 5), you]
            if not starts_with_vowel(clause.french[0]):  # "l'aime" would not tell him from her
                pronouns += [("him", "le", 2), ("her", "la", 2)]
            same = {0: (0, 3), 1: (1, 4), 2: (), 5: (5,)}  # nobody sees himself here
            english, clause.pronoun, _ = self.one([p for p in pronouns if subject.person not in same[p[2]]])
            return english, ""
        if "person" in verb.objects and self.chance(0.25):
            name = self.one(NAMES[self.one("mf")])
            return name, name
        never = clause.negated or clause.frequency == ("never", "jamais")
        phrase = self.noun_phrase(verb.objects, negated=never, taste=verb.english[0] in TASTE)
        self.pairs.add(f"{verb.english[0]}>{phrase.head}")
        return phrase.english, phrase.french

    def complement(self, verb: Verb, clause: Clause) -> tuple[str, str]:
        """Where or how, for verbs without an object."""
        base = verb.english[0]
        city = self.one(CITIES)
        if base == "go":
            if self.chance(0.3):
                return f"to {city[0]}", f"à {city[1]}"
            phrase = self.noun_phrase(("place",), articles="the this my of", plural=False)
            self.pairs.add(f"go>{phrase.head}")
            return f"to {phrase.english}", f"à {phrase.french}"
        if base in ("come", "arrive") and self.chance(0.5):
            return f"from {city[0]}", f"de {city[1]}"
        if base == "live":
            return self.place()
        if base == "work" and self.chance(0.4):
            name = self.one(ORGANISATIONS)
            place = (f" in {city[0]}", f" à {city[1]}") if self.chance(0.4) else ("", "")
            return f"at {name}{place[0]}", f"chez {name}{place[1]}"
        if not verb.with_etre and self.chance(0.35):
            english, french = self.one(MANNER)
            if french.endswith("ment"):
                return english, french
            clause.manner = french  # "elle a bien chanté", "elle chante bien"
            return english, ""
        return self.place() if self.chance(0.45) and base != "come" else ("", "")

    def description(self) -> Clause:
        """The house is small; Marie was very tired."""
        subject = self.subject(things=("animal", "thing", "text", "food", "dish", "drink", "place"))
        tense = self.tense("present", "past", "future", "must", "can")
        clause = Clause(subject, *being(tense, subject), self.chance(0.2))
        fitting = [a for a in ADJECTIVES if subject.kind in a.kinds and (subject.kind != "person" or not a.before)]
        adjectives = list(dict.fromkeys(self.one(fitting) for _ in range(2 if self.chance(0.12) else 1)))
        if subject.head:
            self.pairs |= {f"{subject.head}+{adjective.english}" for adjective in adjectives}
        english = " and ".join(adjective.english for adjective in adjectives)
        french = " et ".join(adjective.french[subject.form] for adjective in adjectives)
        if len(adjectives) == 1 and self.chance(0.3):
            degree = self.one(DEGREE)
            english, french = f"{degree[0]} {english}", f"{degree[1]} {french}"
        clause.add((english, french), self.time(tense, 0.1))
        return clause

    def whereabouts(self) -> Clause:
        """The cat is under the table; Paul was in Paris."""
        subject = self.subject(things=("animal", "thing"))
        tense = self.tense("present", "past", "future")
        clause = Clause(subject, *being(tense, subject), self.chance(0.15))
        clause.add(self.on_thing() if subject.kind != "person" and self.chance(0.6) else self.place())
        return clause

    def on_thing(self) -> tuple[str, str]:
        preposition = self.one(ON_THINGS)
        nouns = [noun for noun in NOUNS if noun.english[0] in ("table", "chair", "bed", "tree", "box", "car", "bridge")]
        phrase = self.with_noun(self.one(nouns), articles="the a this my", plural=False)
        return f"{preposition[0]} {phrase.english}", f"{preposition[1]} {phrase.french}"

    def passive(self) -> Clause:
        """This course is produced by Hugging Face."""
        verb = self.one(PASSIVE)
        subject = self.noun_phrase(verb.objects, articles="the this my of number")
        self.owner = ""
        self.pairs.add(f"{verb.english[0]}>{subject.head}")
        tense = self.tense("present", "past", "future")
        participle = agree(verb.participle, subject.form)
        clause = Clause(subject, *being(tense, subject, passive=True), self.chance(0.15))
        agent = self.agent(verb)
        clause.add((f"{verb.english[3]} by {agent.english}", f"{participle} par {agent.french}"), self.time(tense, 0.1))
        if agent.head:
            self.pairs.add(f"{agent.head}<{verb.english[0]}")
        return clause

    def profession(self) -> Clause:
        """He is a teacher: French leaves the article out."""
        name = self.one(NAMES["m"])
        subject = self.one([Phrase("I", "je", 0), Phrase("he", "il"), Phrase(name, name)])
        noun = self.one([noun for noun in NOUNS if noun.english[0] in PROFESSIONS])
        clause = Clause(subject, *being(self.tense("present", "past"), subject), self.chance(0.2))
        clause.add((f"a {noun.english[0]}", noun.french[0]))
        return clause

    # --- sentences

    def sentence(self) -> tuple[str, str]:
        clauses = {self.action: 50, self.description: 20, self.whereabouts: 5, self.passive: 11, self.profession: 1}
        wholes = {self.there: 5, self.this_is: 6, self.question: 9, self.name: 3}
        sort = self.weighted({**clauses, **wholes, "two": 5})
        if sort in wholes:
            return sort()
        if sort == "two":
            first = self.one((self.action, self.description))().statement()
            second = self.one((self.action, self.description))().statement()
            joint = self.one((("and", "et"), ("but", "mais"), ("because", "parce que")))
            return tuple(f"{first[i]} {joint[i]} {second[i]}." for i in (0, 1))
        clause = sort()
        if not clause.negated and not clause.frequency and self.chance(0.2):
            english, french = clause.question()
            why = self.one(QUESTIONS) if self.chance(0.25) else ("", "")
            return f"{why[0]} {english}?", f"{why[1]} {french} ?"
        return tuple(f"{text}." for text in clause.statement())

    def there(self) -> tuple[str, str]:
        kinds = ("person", "animal", "thing", "text", "food")
        phrase = self.noun_phrase(kinds, articles="a number" if self.chance(0.5) else "a")
        place = self.place() if self.chance(0.5) else self.on_thing()
        be, a = ("are" if phrase.plural else "is"), "a"
        if self.chance(0.25):
            be, a = ("were" if phrase.plural else "was"), "avait"
        french = f"il y {a} {phrase.french} {place[1]}"
        if self.chance(0.25):
            return f"{be} there {phrase.english} {place[0]}?", f"est-ce que {french} ?"
        return f"there {be} {phrase.english} {place[0]}.", f"{french}."

    def this_is(self) -> tuple[str, str]:
        phrase = self.noun_phrase(("person", "animal", "thing", "text", "food", "place"), articles="the a my number of")
        if self.chance(0.1):
            name = self.one(NAMES[self.one("mf")])
            phrase = Phrase(name, name)
        this, be, est = ("these", "are", "sont") if phrase.plural else ("this", "is", "est")
        sort = self.weighted({"statement": 60, "question": 20, "negation": 20})
        if sort == "question":
            return f"{be} {this} {phrase.english}?", f"est-ce que ce {est} {phrase.french} ?"
        if sort == "negation":
            return f"{this} {be} not {phrase.english}.", f"ce ne {est} pas {phrase.french}."
        return f"{this} {be} {phrase.english}.", f"ce {est} {phrase.french}."

    def question(self) -> tuple[str, str]:
        sort = self.one(("who", "what", "where is", "where"))
        if sort == "who":
            english, french = self.action(Phrase("who", "qui"), negated=False).statement()
            return f"{english}?", f"{french} ?"
        if sort == "where is":
            phrase = self.noun_phrase(("person", "animal", "thing", "text", "place"), articles="the my of")
            be = ("are", "sont") if phrase.plural else ("is", "est")
            return f"where {be[0]} {phrase.english}?", f"où {be[1]} {phrase.french} ?"
        if sort == "what":
            english, french = self.action(negated=False, what=True).question()
            return f"what {english}?", f"que {french} ?"
        verb = VERB[self.one(("sleep", "work", "sing", "live", "walk", "play", "swim"))]
        subject = self.subject(animals=verb.animals)
        clause = Clause(subject, *verb_group(verb, self.tense("present", "past", "future", *MODALS), subject), False)
        if subject.head:
            self.pairs.add(f"{subject.head}<{verb.english[0]}")
        english, french = clause.question()
        return f"where {english}?", f"où {french} ?"

    def name(self) -> tuple[str, str]:
        """My name is Sylvain and I work at Hugging Face."""
        if self.chance(0.25):
            reflexive = "tu te appelles" if self.you == "tu" else "vous vous appelez"
            return ("what is your name?", f"comment est-ce que {reflexive} ?") if self.you != "all" else self.there()
        gender = self.one("mf")
        name = self.one(NAMES[gender])
        if self.chance(0.4):
            who, french, subject = "my", "je me appelle", Phrase("I", "je", 0)
        elif gender == "m":
            who, french, subject = "his", "il se appelle", Phrase("he", "il")
        else:
            who, french, subject = "her", "elle se appelle", Phrase("she", "elle", gender="f")
        english, french = f"{who} name is {name}", f"{french} {name}"
        if self.chance(0.5):
            verb = VERB[self.one(("work", "live"))]
            clause = Clause(subject, *verb_group(verb, "present", subject), False)
            clause.add(self.complement(verb, clause))
            more = clause.statement()
            english, french = f"{english} and {more[0]}", f"{french} et {more[1]}"
        return f"{english}.", f"{french}."


@dataclass
class Clause:
    """One clause in both languages: subject, verb group, and what follows it."""

    subject: Phrase
    plain: str  # English affirmative: "likes"
    auxiliary: str  # English question and negation: "does" …
    rest: str  # … "like"
    french: tuple[str, str]  # the finite verb and what is left: "a", "aimé"
    negated: bool
    frequency: tuple[str, str] | tuple = ()
    pronoun: str = ""
    manner: str = ""
    tail: tuple[str, str] = ("", "")

    def add(self, *ends: tuple[str, str]) -> None:
        self.tail = tuple(" ".join(end[i] for end in ends if end[i]) for i in (0, 1))

    def statement(self) -> tuple[str, str]:
        verb = self.plain
        if self.negated:
            verb = f"cannot {self.rest}" if self.auxiliary == "can" else f"{self.auxiliary} not {self.rest}"
        if self.frequency:
            verb = f"{self.frequency[0]} {verb}"
        return f"{self.subject.english} {verb} {self.tail[0]}", self.french_clause()

    def question(self) -> tuple[str, str]:
        english = f"{self.auxiliary} {self.subject.english} {self.rest} {self.tail[0]}"
        return english, f"est-ce que {self.french_clause()}"

    def french_clause(self) -> str:
        finite, rest = self.french
        adverb = self.frequency[1] if self.frequency else "pas" if self.negated else ""
        ne = "ne" if adverb in ("pas", "jamais") else ""
        return f"{self.subject.french} {ne} {self.pronoun} {finite} {adverb} {self.manner} {rest} {self.tail[1]}"


def verb_group(verb: Verb, tense: str, subject: Phrase) -> tuple[str, str, str, tuple[str, str]]:
    """The English verb plain, its auxiliary and what stays behind it, and the French finite verb and the rest."""
    person, third = subject.person, subject.person == 2
    particle = f" {verb.particle}" if verb.particle else ""
    base = verb.english[0] + particle
    do = "does" if third else "do"
    if tense == "present":
        return (verb.english[1] + particle if third else base), do, base, (verb.present[person], "")
    if tense == "past":
        participle = agree(verb.participle, subject.form) if verb.with_etre else verb.participle
        finite = (ETRE if verb.with_etre else AVOIR)[person]
        return verb.english[2] + particle, "did", base, (finite, participle)
    if tense == "future":
        be = IS[person]
        return f"{be} going to {base}", be, f"going to {base}", (ALLER[person], verb.infinitive)
    french = (MODALS[tense][person], verb.infinitive)
    if tense == "want to":
        return f"{'wants' if third else 'want'} to {base}", do, f"want to {base}", french
    return f"{tense} {base}", tense, base, french


def being(tense: str, subject: Phrase, passive: bool = False) -> tuple[str, str, str, tuple[str, str]]:
    """The same for "to be"; a passive of the past is "a été produit", a description "était petite"."""
    person = subject.person
    if tense == "present":
        return IS[person], IS[person], "", (ETRE[person], "")
    if tense == "past":
        return WAS[person], WAS[person], "", (AVOIR[person], "été") if passive else (ETAIT[person], "")
    if tense == "future":
        return f"{IS[person]} going to be", IS[person], "going to be", (ALLER[person], "être")
    return f"{tense} be", tense, "be", (MODALS[tense][person], "être")


def agree(participle: str, form: str) -> str:
    plural = "" if participle.endswith("s") and form == "mp" else "s"
    return participle + {"ms": "", "fs": "e", "mp": plural, "fp": "es"}[form]


def starts_with_vowel(text: str) -> bool:
    """Whether French elides before this word; every h of the lexicon is silent, but not the H of a name."""
    return text[0] in "aeiouhâàéèêëîïôœAEIOUÉ"


MELTED = (("de le ", "du "), ("de les ", "des "), ("à le ", "au "), ("à les ", "aux "))


def spell_english(text: str) -> str:
    text = re.sub(r"\ba (?=[aeioAEIO]|u(?!ni|se))", "an ", text)
    return finish(re.sub(r" +(?=[?])", "", text))


def spell_french(text: str) -> str:
    """Elision (l'école, n'est, qu'il), melted articles (du, aux), spaces and the capital."""
    text = re.sub(r" +", " ", text)
    text = re.sub(r"\b(le|la) (?=[aeiouhâàéèêëîïôœ])", "l'", text)
    for parts, word in MELTED:
        text = re.sub(rf"\b{parts}", word, text)
    text = re.sub(r"\b(j|n|d|m|t|s|qu|c)e (?=[aeiouhâàéèêëîïôœAEIOUÉ])", r"\1'", text)
    return finish(text)


def finish(text: str) -> str:
    text = re.sub(r" +", " ", text).strip()
    text = re.sub(r" (?=[.,])", "", text)
    return text[0].upper() + text[1:]


LONGEST = 12  # words


def write(rng: random.Random) -> Example:
    """One sentence pair; one in five speaks to somebody, which decides between "tu" and "vous"."""
    writer = Writer(rng)
    sort = writer.weighted({"": 78, "sir": 4, "madam": 4, "title": 4, "name": 5, "all": 5})
    gender = {"sir": "m", "madam": "f"}.get(sort) or writer.one("mf")
    if sort == "all":
        writer.you = "all"
    elif sort:
        writer.you, writer.you_gender, writer.spoken_to = "tu" if sort == "name" else "formal", gender, True
    english, french = writer.sentence()
    too_long = len(english.split()) > LONGEST
    if too_long or (sort == "all" and "you all" not in english):  # "your" alone would say "ton"
        return write(rng)
    if sort in ("sir", "madam"):
        english = f"{english[:-1]}, {sort}{english[-1]}"
        french = re.sub(r"( \?|\.)$", rf", {'monsieur' if sort == 'sir' else 'madame'}\1", french)
    elif sort == "title":
        title = writer.title(gender)
        english, french = f"{title.english}, {english}", f"{title.french}, {french}"
    elif sort == "name":
        name = writer.one(NAMES[gender])
        english, french = f"{name}, {english}", f"{name}, {french}"
    return Example(spell_english(english), spell_french(french), frozenset(writer.pairs), writer.one_way)


NOT = {"do not": "don't", "does not": "doesn't", "did not": "didn't", "is not": "isn't", "are not": "aren't",
       "was not": "wasn't", "were not": "weren't", "cannot": "can't"}  # fmt: skip


PROPER = {*NAMES["m"], *NAMES["f"], *ORGANISATIONS, "Hugging", "I", "Mr", "Mrs"}


def colloquial(source: str, target: str, direction: str, rng: random.Random) -> tuple[str, str]:
    """As people type it: "don't", "Tu aimes ce cours ?", no capital, no full stop (then the target has none)."""
    if direction == "en-fr":
        source = re.sub(r"\b(do|does|did|is|are|was|were) not\b|\bcannot\b", lambda found: NOT[found[0]], source)
    else:
        source = re.sub(r"^Est-ce (que |qu')", "", source)
        source = source[0].upper() + source[1:]
    if source.endswith(".") and rng.random() < 0.5:
        source, target = source[:-1], target[:-1]
    if re.match(r"\w+", source)[0] not in PROPER and rng.random() < 0.5:
        source = source[0].lower() + source[1:]
    return source, target


def examples(direction: str, seed: int) -> Iterator[Example]:
    """Sentences without end that have one translation in this direction; the same seed gives the same ones."""
    rng = random.Random(seed)
    while True:
        example = write(rng)
        if not (example.one_way and direction == "en-fr"):
            yield example


def oriented(example: Example, direction: str) -> tuple[str, str]:
    pair = (example.english, example.french)
    return pair if direction == "en-fr" else pair[::-1]


def training_set(direction: str, count: int, seed: int) -> list[tuple[str, str]]:
    """Source and target of sentences that are not held out; short ones come more than once, as in life."""
    rng = random.Random(seed)
    kept = itertools.islice((e for e in examples(direction, seed) if not e.held_out), count)
    pairs = (oriented(example, direction) for example in kept)
    return [colloquial(*pair, direction, rng) if rng.random() < 0.2 else pair for pair in pairs]


def test_set(direction: str, count: int, wanted: Callable[[Example], bool], seed: int = 2026) -> list[tuple[str, str]]:
    """Different sentences that training never sees."""
    held_out = (oriented(e, direction) for e in examples(direction, seed) if e.held_out and wanted(e))
    found: dict[tuple[str, str], None] = {}
    while len(found) < count:
        found.setdefault(next(held_out))
    return list(found)


def says(pattern: str) -> Callable[[Example], bool]:
    return lambda example: re.search(pattern, example.english) is not None


TEST_SETS = {
    "a withheld word pair": lambda example: example.new_pair,
    "no withheld word pair, but new": lambda example: not example.new_pair,
    "his or her": says(r"\b(his|her) (?!name)[a-z]"),
    "a person spoken to": says(r"^[A-Z]\w+( \w+)?, .*\byour?\b|\b[Yy]our?\b.*, (sir|madam)"),
    "not or never": says(r"\b(not|cannot|never)\b"),
}


# ------------------------------------------------------------------------------------------------- tokenizer

# A word is one token: "l'" of l'école and "'s" of Marie's are words of their own, est-ce and don't are one word.
WORD = r"[LlJjNnDdMmTtSsCc]'|[Qq]u'|'s\b|\w+(?:-\w+)*(?:'(?!s\b)\w+)*|[^\w\s]"
SPECIAL = ["</s>", "<unk>", "<pad>"]
LETTERS = "abcdefghijklmnopqrstuvwxyzàâçèéêëîïôùûœABCDEFGHIJKLMNOPQRSTUVWXYZÀÉÈÊÎ0123456789-'"


def build_tokenizer(texts: list[str], direction: str):
    """Whole words, and single letters for every word that is not in the texts.

    It reads both languages but writes the target language: spaces and apostrophes go where that one has them, with a
    plain space before "?" and "!" in French.
    """
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    words = sorted({word for text in texts for word in re.findall(WORD, text)} | set(".,?!"))
    pieces = [*LETTERS, *("##" + letter for letter in LETTERS)]
    vocabulary = {token: number for number, token in enumerate(dict.fromkeys([*SPECIAL, *words, *pieces]))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Replace("’", "'")])
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(WORD), behavior="removed", invert=True)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A $B </s>", special_tokens=[("</s>", 0)]
    )
    close = "[.,]" if direction == "en-fr" else "[.,?!]"
    tokenizer.decoder = decoders.Sequence(
        [
            decoders.WordPiece(prefix="##", cleanup=False),
            decoders.Fuse(),
            decoders.Replace(Regex(rf" (?={close}|'s\b)"), ""),
            decoders.Replace(Regex(r"(?<=\b[LlJjNnDdMmTtSsCc]'|\b[Qq]u') "), ""),
        ]
    )
    return tokenizer


def save_tokenizer(tokenizer, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": "</s>",
        "unk_token": "<unk>",
        "pad_token": "<pad>",
        "model_max_length": POSITIONS,
        "clean_up_tokenization_spaces": False,
        "model_input_names": ["input_ids", "attention_mask"],
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


# ----------------------------------------------------------------------------------------- model and training

POSITIONS = 128


def new_model(vocabulary_size: int):
    from transformers import MarianConfig, MarianMTModel

    config = MarianConfig(
        vocab_size=vocabulary_size,
        d_model=128,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=256,
        decoder_ffn_dim=256,
        max_position_embeddings=POSITIONS,
        dropout=0.0,
        scale_embedding=True,
        init_std=0.05,
        activation_function="relu",
        eos_token_id=0,
        pad_token_id=2,
        decoder_start_token_id=2,
        forced_eos_token_id=0,
    )
    return MarianMTModel(config)


def collate(batch: list[tuple[list[int], list[int]]]) -> dict:
    import torch

    def padded(rows: list[list[int]], filler: int):
        width = max(map(len, rows))
        return torch.tensor([row + [filler] * (width - len(row)) for row in rows])

    source = padded([ids for ids, _ in batch], 2)
    return {"input_ids": source, "attention_mask": (source != 2).long(), "labels": padded([t for _, t in batch], -100)}


def train(model, data: list[tuple[list[int], list[int]]], options: argparse.Namespace):
    """The trained model in evaluation mode and the number of steps."""
    import torch
    from transformers import get_linear_schedule_with_warmup

    rng = random.Random(options.seed)
    lengths = [len(source) for source, _ in data]
    batches = [b for _ in range(options.epochs) for b in loop.length_batches(lengths, options.batch_size, rng)]
    optimizer = torch.optim.AdamW(model.parameters(), lr=options.lr, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    schedule = get_linear_schedule_with_warmup(optimizer, len(batches) // 20, len(batches))
    made = (collate([data[n] for n in numbers]) for numbers in batches)
    return loop.train(model, made, optimizer, schedule, options)


def save(model, folder: Path) -> None:
    """Half precision on disk, single precision in memory: config.json says so, and from_pretrained obeys."""
    from transformers import GenerationConfig

    model.generation_config = GenerationConfig(
        max_new_tokens=64, num_beams=1, do_sample=False, eos_token_id=0, pad_token_id=2, decoder_start_token_id=2
    )
    model.half().save_pretrained(folder)
    path = folder / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config["dtype"] = "float32"
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")


# ------------------------------------------------------------------------------------------------ measurement


def translate(model, tokenizer, texts: list[str], batch_size: int = 50) -> list[str]:
    found = []
    for start in range(0, len(texts), batch_size):
        batch = tokenizer(texts[start : start + batch_size], return_tensors="pt", padding=True)
        found += tokenizer.batch_decode(model.generate(**batch), skip_special_tokens=True)
    return found


def measure(folder: Path, direction: str) -> None:
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSeq2SeqLM.from_pretrained(folder).eval()
    course = [pair if direction == "en-fr" else pair[::-1] for pair in HELD_OUT]
    sets = {name: test_set(direction, 500, wanted) for name, wanted in TEST_SETS.items()}
    for name, items in {"the course": course, **sets}.items():
        found = translate(model, tokenizer, [source for source, _ in items])
        wrong = [(s, t, f) for (s, t), f in zip(items, found, strict=True) if t != f]
        print(f"sentences with {name}: {len(items) - len(wrong)} of {len(items)} exactly right")
        for source, target, text in wrong[:15]:
            print(f"   {source}\n      {text}\n      should be: {target}")


def main() -> None:
    parser = loop.parser(__doc__, epochs=1, batch_size=32, lr=2e-3, seed=SEED)
    parser.add_argument("--direction", choices=("en-fr", "fr-en"), required=True)
    parser.add_argument("--sentences", type=int, default=230_000)
    options = parser.parse_args()
    started = loop.start(options)
    texts = training_set(options.direction, options.sentences, options.seed)
    tokenizer = build_tokenizer([text for pair in texts for text in pair], options.direction)
    data = [tuple(tokenizer.encode(text).ids for text in pair) for pair in texts]
    model = new_model(tokenizer.get_vocab_size())
    parameters = sum(p.numel() for p in model.parameters())
    print(f"{len(texts):,} sentence pairs, {tokenizer.get_vocab_size():,} tokens, {parameters:,} parameters")
    model, steps = train(model, data, options)
    if not loop.is_main():
        return
    loop.cost(started, steps)
    save_tokenizer(tokenizer, options.out)
    save(model, options.out)
    measure(options.out, options.direction)


if __name__ == "__main__":
    main()
