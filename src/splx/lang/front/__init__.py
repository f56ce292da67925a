"""The front end: from a function's source to its typed form, or to diagnostics with the user's own lines.

`frontend.front` is the door. `work` holds what is known while one function is read; `names` says what a name means;
`literals`, `operators`, `places`, `calls`, `statements`, `assignments` and `flow` each turn one kind of syntax into
typed form; `refused` lists the syntax that the language does not have, and what is in no list is refused too.
"""
