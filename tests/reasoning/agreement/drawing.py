"""What decides in a random case: Hypothesis, which can make a failing one smaller, or a generator, for large ones."""

from random import Random

from hypothesis import strategies as st


class Drawn:
    """Decided by Hypothesis."""

    large = False

    def __init__(self, draw):
        self.draw = draw

    def pick(self, options):
        """One of the options; they may repeat, to come more often."""
        return self.draw(st.sampled_from(list(options)))

    def flip(self):
        return self.draw(st.booleans())

    def some(self, options, least, most):
        """Between `least` and `most` different options."""
        return self.draw(st.lists(st.sampled_from(list(options)), unique=True, min_size=least, max_size=most))

    def shuffled(self, items):
        return self.draw(st.permutations(items))


class Rolled:
    """Decided by a generator of random numbers."""

    large = True

    def __init__(self, seed):
        self.random = Random(seed)

    def pick(self, options):
        return self.random.choice(list(options))

    def flip(self):
        return self.random.random() < 0.5

    def some(self, options, least, most):
        return self.random.sample(list(options), self.random.randint(least, min(most, len(options))))

    def shuffled(self, items):
        return self.random.sample(items, len(items))
