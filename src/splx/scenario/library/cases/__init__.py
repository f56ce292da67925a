"""The catalogue of bugs: a short scenario for each, with the knob that makes it. `splx cases` lists them."""
