"""Tables that people keep elsewhere (roles, costs, revenue; CSV or XLSX): into a plan and out of it."""
