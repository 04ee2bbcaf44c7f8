"""Actual figures: what happened, kept beside the plan.

reading       a file as rows of cells: CSV in any usual encoding, XLSX
naming        which line a row means: its name, its account, its words in either language
table         monthly figures from such rows, with every problem
focus         a cloud bill in the FOCUS format, by month and service
importing     the job: read a file and keep its figures in the workspace
variance      the figures against a budget, by line, month and year to date
reforecast    the plan projected again from the last closed month
score         how well forecasts said what happened
budget        a run locked under a name
"""
