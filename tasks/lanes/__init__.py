"""What is known of the web between two runs, on the store. A lane is a fixed 64th of all registrable domains.

Whoever holds a lane's lease, and nobody else, visits its domains and writes its state; anybody may leave found addresses for it.
"""
