"""Facts the organisation starts from: provinces and positions, each with its source."""
