"""A system set up on the machine: what all readers of one meaning begin with, and a stage to move it by hand."""
