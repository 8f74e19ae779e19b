"""The verbs: (session, actor, …) in, rows out; the only writers. They flush, the doors commit."""
