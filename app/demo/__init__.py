"""The demo: a made-up world reached by walking the real services. It stands beside the doors, above the verbs."""
