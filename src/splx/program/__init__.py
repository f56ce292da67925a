"""Floor 3: kernel Python as a program of the machine, its listing, and what its paths cost.

    image = link([intr_entry, lwp_startup], slots, consts, statics)
    print(render(listing(image, "splraise")))
    fast_path_counts(image, "splraise")

`lower` makes instructions of the typed form of one function (`tidy`, `copies` and `allocate` make them few and put them
into registers), `link` closes over everything that is reached, `graph` gives each function its registers, `data` each
static its place, and `image` is the result, with the way back to the user's text. `listing` writes programs and reads
them; `counts` counts the operations on a path.
"""
