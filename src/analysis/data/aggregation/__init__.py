"""Ten million users to a few moments: one pass in SQL over any table of a test, checked.

``source`` finds the rows (a file or database in place, or checked chunks of planners' files),
``statement`` is all the SQL there is, ``moments`` runs it, ``thresholds`` and ``users`` are the
passes that need one of their own, ``experiment`` puts a test together.
"""
