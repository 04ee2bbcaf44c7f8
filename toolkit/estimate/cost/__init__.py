"""What a piece of work costs on every offer: rented, reserved, spot, owned, or bought behind an API.

read_workload(path)                         WORKLOAD.yaml as records
compare(workload, market, question)         the work on every offer, with time, cost and intervals
break_even(…)                               from which use on a commitment, a machine of one's own or an
                                            API pays
"""
