"""What the people of the data set write: sentences drawn by a seeded generator, so that each run has the same text."""

import random

SENTENCES = (
    "I tried what we talked about last week and it went better than I had feared.",
    "Could you look over the first page before I send it on Thursday?",
    "The hardest part was to say no, kindly, and to mean it.",
    "Here is what I would ask in your place: what would make the next month a good one?",
    "My manager said yes to two mornings without meetings.",
    "Let us keep that for our next call, there is a longer story behind it.",
    "I wrote down three things that I am proud of, as you suggested.",
    "It helps to know that you went through the same thing in your first year.",
    "Do not rush this step, most people need two weeks for it.",
    "The interview is on Monday, and I am nervous about the part on numbers.",
    "Good question. I had no answer to it for years, and then a colleague gave me one.",
    "We walked home together and talked about everything but work.",
    "I would leave out the second paragraph; it says again what the first one said.",
    "Thank you for the list, I have crossed out half of it already.",
    "She slept six hours in a row for the first time, so did I.",
    "Set a small goal for Wednesday and tell me how it went.",
    "I ran five kilometres without stopping and the knee is fine.",
    "Next time I would speak earlier in the meeting, not louder.",
    "The course begins in March, I have put my name down.",
    "What did you learn from it that you would tell a friend?",
)


class Words:
    """Draws posts of two or three sentences and comments of one."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def post(self) -> str:
        """A post's body, some 160 characters."""
        return " ".join(self._random.sample(SENTENCES, self._random.choice((2, 2, 3))))

    def comment(self) -> str:
        """A comment's body."""
        return self._random.choice(SENTENCES)
