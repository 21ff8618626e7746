"""`python -m tests.golden`: after a wanted change of the output, raise tasks.recipe.REVISION, run this, read the difference."""

import json

from tests.golden.outcomes import EXPECTED, outcomes

EXPECTED.write_text(json.dumps(outcomes(), indent=1, ensure_ascii=False) + "\n")
