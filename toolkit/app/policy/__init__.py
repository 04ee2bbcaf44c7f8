"""Policy support of a run, for pages, reports and the command line: eligible or not and why, what accrues, is
filed and paid, and how near the plan is to each cliff and cap."""
