"""Master data: customers, contracts, projects, agreements, people and spare parts, by hand and by import."""
