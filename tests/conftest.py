"""Makes the helpers of this folder importable from the tests of all rooms (`from bare import …`)."""
