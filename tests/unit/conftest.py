"""How hypothesis tries the laws here.

An example may take as long as it likes, for other work may have the machine. Thirty of them keep the unit tests short,
and ten the quick tests; each run tries other ones.
"""

from hypothesis import settings

settings.register_profile("unit", deadline=None, max_examples=30)
settings.register_profile("quick", settings.get_profile("unit"), max_examples=10)
settings.load_profile("unit")
