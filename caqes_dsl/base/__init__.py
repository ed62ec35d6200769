"""What every layer stands on and what knows nothing of the language: texts, places, mistakes, quantities."""
