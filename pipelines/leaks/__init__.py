"""The leak report: which columns know the future, on one page to read and in one file for programs."""
