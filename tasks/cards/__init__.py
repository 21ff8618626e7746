"""Cards: what an edition holds, where it comes from and what it may not be used for, as the Hub and people want to read it."""
