"""What the pages show: every number of a page, worked out here and handed over as a frozen record.

A page chooses, asks one of these functions, and draws the answer; it does no arithmetic and no query of its
own. So a page's numbers are tested without a browser, and a command can give the same ones.
"""
