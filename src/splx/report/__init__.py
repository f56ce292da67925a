"""Floor 8: results for people. Takes records, draws tables; everything in them is also in the JSON."""
