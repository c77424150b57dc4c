"""Client projects of one's own: a new one from the template, and skeletons from briefs and past jobs."""
