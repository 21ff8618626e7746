"""What runs: the flows, and the command."""

import logging

# In a flow run that a worker started nobody else asks for these lines.
for _name in ("flows", "tasks"):
    logging.getLogger(_name).setLevel(logging.INFO)
