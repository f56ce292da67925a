"""Floor 2: state, instructions, lines, devices, costs and the step, as engine code."""
