"""What `pressrun doctor` looks at, one file for each part of a run."""
