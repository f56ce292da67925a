"""The common models, as bare programs: what the peers' models say, step for step."""
