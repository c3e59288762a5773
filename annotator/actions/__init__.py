"""Writing: the business rules, as functions of a session and the acting person. Nobody else writes."""
