"""The simple ways of ordering leads that a model has to beat."""
