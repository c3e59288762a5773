"""How annotators came out: gold by rule. Knows neither Flask nor the database."""
